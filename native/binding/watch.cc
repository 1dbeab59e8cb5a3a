#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <map>
#include <memory>

#include "binding/binding.h"
#include "binding/signal_set.h"
#include "core/sleeper.h"
#include "os/os.h"

namespace just_fork {
namespace binding {
namespace {

// Descriptors that are closed with the watch; -1: none.
struct Owned {
  int fds[2] = {-1, -1};
  void Close() {
    for (int& fd : fds) {
      if (fd >= 0) close(fd);
      fd = -1;
    }
  }
};

// Calls back on the event loop until it is stopped: while a descriptor is readable, and then it keeps the
// loop alive; or whenever a signal has come. The descriptor is the watch's own (of a process that ends, of
// signals, of a sleeper), or somebody else's pipe.
class Watch : public std::enable_shared_from_this<Watch> {
  struct Handle {
    union {
      uv_handle_t any;
      uv_poll_t poll;
      uv_signal_t signal;
    };
    Owned owned;
  };

 public:
  Watch(Napi::Env env, const char* name, Napi::Function callback, Handle* handle)
      : env_(env), callback_(Napi::Persistent(callback)), context_(env, name), handle_(handle) {}

  static int Start(Napi::Env env, const char* name, int fd, Owned owned, Napi::Function callback,
                   uint32_t* id) {
    auto handle = std::make_unique<Handle>();
    handle->owned = owned;
    int error = uv_poll_init(LoopOf(env), &handle->poll, fd);
    if (error != 0) {
      owned.Close();
      return error;
    }
    auto watch = Of(env, name, callback, std::move(handle));
    error = uv_poll_start(&watch->handle_->poll, UV_READABLE, Readable);
    return error == 0 ? Keep(std::move(watch), id) : error;
  }

  // Whenever this signal comes, besides everybody else who listens to it. It keeps no loop alive.
  static int StartSignal(Napi::Env env, const char* name, int signal, Napi::Function callback, uint32_t* id) {
    auto handle = std::make_unique<Handle>();
    int error = uv_signal_init(LoopOf(env), &handle->signal);
    if (error != 0) return error;
    uv_unref(&handle->any);
    auto watch = Of(env, name, callback, std::move(handle));
    error = uv_signal_start(&watch->handle_->signal, Came, signal);
    return error == 0 ? Keep(std::move(watch), id) : error;
  }

  // While a thread sleeps on a word in the memory of `view`.
  static int StartSleeper(Napi::Env env, Napi::Object view, uint32_t* word, uint32_t value, void* mutex,
                          Napi::Function callback, uint32_t* id) {
    Sleeper* sleeper = nullptr;
    int fd = Sleeper::Start(word, value, mutex, &sleeper);
    if (fd < 0) return fd;
    int error = Start(env, "just-fork:lock", fd, {{fd, -1}}, callback, id);
    if (error != 0) {
      Sleeper::Stop(sleeper);
      return error;
    }
    Watch* watch = (*watches)[*id].get();
    watch->sleeper_ = sleeper;
    watch->memory_ = Napi::Persistent(view);
    return 0;
  }

  // False: it was stopped before, or is the parent's.
  static bool Stop(uint32_t id) { return watches->erase(id) > 0; }

  static void StopAll() {
    watches->clear();
    of_parent->clear();
  }

  // In a forked child. What they hold of JavaScript goes when the child has its first watch, and not now:
  // most children have none, and each page that they write to is copied.
  static void ForgetAll() {
    of_parent->clear();
    of_parent->swap(*watches);
    for (auto& [id, watch] : *of_parent) watch->Silence();
  }

  static void Prepare() {
    if (watches != nullptr) return;
    watches = new Watches;
    of_parent = new Watches;
  }

  ~Watch() { Silence(); }

 private:
  using Watches = std::map<uint32_t, std::shared_ptr<Watch>>;

  static std::shared_ptr<Watch> Of(Napi::Env env, const char* name, Napi::Function callback,
                                   std::unique_ptr<Handle> handle) {
    of_parent->clear();
    auto watch = std::make_shared<Watch>(env, name, callback, handle.release());
    watch->handle_->any.data = watch.get();
    return watch;
  }

  static int Keep(std::shared_ptr<Watch> watch, uint32_t* id) {
    *id = ++last_id;
    (*watches)[*id] = std::move(watch);
    return 0;
  }

  // It calls nobody any more, and holds nothing of the system's.
  void Silence() {
    if (handle_ == nullptr) return;
    if (sleeper_ != nullptr) Sleeper::Stop(sleeper_);
    memory_.Reset();
    // libuv keeps the handle until the loop's next turn, when the JavaScript environment may be gone: so it
    // holds nothing of that.
    handle_->any.data = handle_;
    uv_close(&handle_->any, [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
    handle_->owned.Close();
    handle_ = nullptr;
  }

  static void Readable(uv_poll_t* poll, int, int) { Call(poll->data); }

  static void Came(uv_signal_t* signal, int) { Call(signal->data); }

  static void Call(void* data) {
    // Held until the call is over: it may well stop this watch.
    std::shared_ptr<Watch> watch = static_cast<Watch*>(data)->shared_from_this();
    Napi::HandleScope scope(watch->env_);
    int result = watch->sleeper_ != nullptr ? watch->sleeper_->Result() : 0;
    napi_value argument = Napi::Number::New(watch->env_, result);
    watch->callback_.MakeCallback(watch->env_.Global(), 1, &argument, watch->context_);
    // Nobody is below this on the stack to catch it, and while it is pending no callback can be made.
    napi_value error;
    if (watch->env_.IsExceptionPending() &&
        napi_get_and_clear_last_exception(watch->env_, &error) == napi_ok) {
      napi_fatal_exception(watch->env_, error);
    }
  }

  static thread_local Watches* watches;    // of this thread's loop
  static thread_local Watches* of_parent;  // silent ones
  static thread_local uint32_t last_id;

  Napi::Env env_;
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
  Handle* handle_;
  Sleeper* sleeper_ = nullptr;
  Napi::ObjectReference memory_;  // stays mapped while the sleeper sleeps there
};

thread_local Watch::Watches* Watch::watches = nullptr;
thread_local Watch::Watches* Watch::of_parent = nullptr;
thread_local uint32_t Watch::last_id = 0;

// -errno, or the number that stops it.
Napi::Value Start(const Napi::CallbackInfo& info, const char* name, int fd, Owned owned) {
  uint32_t id = 0;
  auto callback = info[info.Length() - 1].As<Napi::Function>();
  int error = fd < 0 ? fd : Watch::Start(info.Env(), name, fd, owned, callback, &id);
  return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<double>(id));
}

Napi::Value StartOwn(const Napi::CallbackInfo& info, const char* name, int fd) {
  return Start(info, name, fd, {{fd, -1}});
}

Napi::Value WatchExit(const Napi::CallbackInfo& info) {
  return StartOwn(info, "just-fork:waitpid", OpenExitDescriptor(Int(info, 0)));
}

// When one of these signals is pending.
Napi::Value WatchSignals(const Napi::CallbackInfo& info) {
  return StartOwn(info, "just-fork:sigwait", OpenSignalDescriptor(SetFromArray(info[0])));
}

Napi::Value WatchReadable(const Napi::CallbackInfo& info) {
  return Start(info, "just-fork:read", Int(info, 0), {});
}

// When a descriptor can be read from, or written to; it is closed with the watch. Not watched itself: libuv
// would make it non-blocking for everybody who shares it.
Napi::Value WatchReady(const Napi::CallbackInfo& info) {
  int fd = Int(info, 0);
  bool to_write = Int(info, 1) != 0;
  int ready = OpenReadyDescriptor(fd, to_write);
  Owned owned{{ready, fd}};
  if (ready < 0) owned.Close();
  return Start(info, to_write ? "just-fork:write" : "just-fork:read", ready, owned);
}

// Until a word of shared memory may have another value; the callback gets 0, or the -errno of the sleep.
Napi::Value WatchWord(const Napi::CallbackInfo& info) {
  auto* word = Memory<uint32_t>(info, sizeof(uint32_t));
  uint32_t id = 0;
  int error = word == nullptr ? -EFAULT
                              : Watch::StartSleeper(info.Env(), info[0].As<Napi::Object>(), word,
                                                    static_cast<uint32_t>(Int(info, 1)), nullptr,
                                                    info[2].As<Napi::Function>(), &id);
  return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<double>(id));
}

// Until a mutex may be free; the same.
Napi::Value WatchMutex(const Napi::CallbackInfo& info) {
  auto* mutex = Memory<int32_t>(info, kMutexBytes);
  uint32_t id = 0, value = 0;
  uint32_t* word = nullptr;
  int error = mutex == nullptr ? -EFAULT : MutexBeforeSleep(mutex, &word, &value);
  if (error == 0) {
    error = Watch::StartSleeper(info.Env(), info[0].As<Napi::Object>(), word, value, mutex,
                                info[1].As<Napi::Function>(), &id);
  }
  return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<double>(id));
}

// Whenever a signal has come.
Napi::Value WatchSignal(const Napi::CallbackInfo& info) {
  uint32_t id = 0;
  int error =
      Watch::StartSignal(info.Env(), "just-fork:signal", Int(info, 0), info[1].As<Napi::Function>(), &id);
  return Napi::Number::New(info.Env(), error < 0 ? error : static_cast<double>(id));
}

Napi::Value Unwatch(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), Watch::Stop(static_cast<uint32_t>(Int(info, 0))));
}

void ForgetWatches(const Napi::CallbackInfo&) { Watch::ForgetAll(); }

}  // namespace

void ExportWatch(Napi::Env env, Napi::Object exports) {
  Watch::Prepare();
  Export(env, exports, "watchExit", WatchExit);
  Export(env, exports, "watchSignals", WatchSignals);
  Export(env, exports, "watchReadable", WatchReadable);
  Export(env, exports, "watchReady", WatchReady);
  Export(env, exports, "watchWord", WatchWord);
  Export(env, exports, "watchMutex", WatchMutex);
  Export(env, exports, "watchSignal", WatchSignal);
  Export(env, exports, "unwatch", Unwatch);
  Export(env, exports, "forgetWatches", ForgetWatches);
  // A Worker, or the program, can end while somebody still waits.
  env.AddCleanupHook([] { Watch::StopAll(); });
}

}  // namespace binding
}  // namespace just_fork
