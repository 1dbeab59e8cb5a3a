#include <cerrno>

#include "binding/binding.h"
#include "binding/signal_set.h"
#include "binding/watch.h"
#include "os/os.h"

namespace just_fork {
namespace binding {
namespace {

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

// How many of them it has not told of yet.
Napi::Value UntoldSignals(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Watch::Untold(static_cast<uint32_t>(Int(info, 0))));
}

void Unwatch(const Napi::CallbackInfo& info) { Watch::Stop(static_cast<uint32_t>(Int(info, 0))); }

}  // namespace

void ExportWatches(Napi::Env env, Napi::Object exports) {
  Watch::Prepare();
  Export(env, exports, "watchExit", WatchExit);
  Export(env, exports, "watchSignals", WatchSignals);
  Export(env, exports, "watchReadable", WatchReadable);
  Export(env, exports, "watchReady", WatchReady);
  Export(env, exports, "watchWord", WatchWord);
  Export(env, exports, "watchMutex", WatchMutex);
  Export(env, exports, "watchSignal", WatchSignal);
  Export(env, exports, "untoldSignals", UntoldSignals);
  Export(env, exports, "unwatch", Unwatch);
  // A Worker, or the program, can end while somebody still waits.
  env.AddCleanupHook([] { Watch::End(); });
}

}  // namespace binding
}  // namespace just_fork
