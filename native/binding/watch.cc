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
    for (int fd : fds) {
      if (fd >= 0) close(fd);
    }
  }
};

// Calls back on the event loop while a descriptor is readable, until it is stopped; it keeps the loop alive.
// The descriptor is the watch's own (of a process that ends, of signals, of a sleeper), or somebody else's
// pipe.
class Watch : public std::enable_shared_from_this<Watch> {
  struct Handle {
    uv_poll_t poll;
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
    *id = ++last_id;
    auto watch = std::make_shared<Watch>(env, name, callback, handle.release());
    watch->handle_->poll.data = watch.get();
    error = uv_poll_start(&watch->handle_->poll, UV_READABLE, Readable);
    if (error == 0) (*watches)[*id] = std::move(watch);
    return error;
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

  static void Stop(uint32_t id) { watches->erase(id); }

  static void StopAll() { watches->clear(); }

  static void Prepare() {
    if (watches == nullptr) watches = new std::map<uint32_t, std::shared_ptr<Watch>>;
  }

  ~Watch() {
    if (sleeper_ != nullptr) Sleeper::Stop(sleeper_);
    // libuv keeps the handle until the loop's next turn, when the JavaScript environment may be gone: so it
    // holds nothing of that.
    uv_poll_stop(&handle_->poll);
    handle_->poll.data = handle_;
    uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll),
             [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
    handle_->owned.Close();
  }

 private:
  static void Readable(uv_poll_t* poll, int, int) {
    // Held until the call is over: it may well stop this watch.
    std::shared_ptr<Watch> watch = static_cast<Watch*>(poll->data)->shared_from_this();
    Napi::HandleScope scope(watch->env_);
    int result = watch->sleeper_ != nullptr ? watch->sleeper_->Result() : 0;
    napi_value argument = Napi::Number::New(watch->env_, result);
    watch->callback_.MakeCallback(watch->env_.Global(), 1, &argument, watch->context_);
  }

  static thread_local std::map<uint32_t, std::shared_ptr<Watch>>* watches;  // of this thread's loop
  static thread_local uint32_t last_id;

  Napi::Env env_;
  Napi::FunctionReference callback_;
  Napi::AsyncContext context_;
  Handle* handle_;
  Sleeper* sleeper_ = nullptr;
  Napi::ObjectReference memory_;  // stays mapped while the sleeper sleeps there
};

thread_local std::map<uint32_t, std::shared_ptr<Watch>>* Watch::watches = nullptr;
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

void Unwatch(const Napi::CallbackInfo& info) { Watch::Stop(static_cast<uint32_t>(Int(info, 0))); }

}  // namespace

void ExportWatch(Napi::Env env, Napi::Object exports) {
  Watch::Prepare();
  Export(env, exports, "watchExit", WatchExit);
  Export(env, exports, "watchSignals", WatchSignals);
  Export(env, exports, "watchReadable", WatchReadable);
  Export(env, exports, "watchReady", WatchReady);
  Export(env, exports, "watchWord", WatchWord);
  Export(env, exports, "watchMutex", WatchMutex);
  Export(env, exports, "unwatch", Unwatch);
  // A Worker, or the program, can end while somebody still waits.
  env.AddCleanupHook([] { Watch::StopAll(); });
}

}  // namespace binding
}  // namespace just_fork
