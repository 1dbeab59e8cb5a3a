#include <cerrno>
#include <climits>

#include "binding/binding.h"
#include "os/os.h"

namespace just_fork {
namespace binding {
namespace {

int64_t Nanoseconds(const Napi::CallbackInfo& info, size_t index) {
  double milliseconds = info[index].As<Napi::Number>().DoubleValue();
  return milliseconds < 0 ? -1 : static_cast<int64_t>(milliseconds * 1e6);
}

Napi::Value Wait(const Napi::CallbackInfo& info) {
  auto* word = Memory<uint32_t>(info, sizeof(uint32_t));
  if (word == nullptr) return Napi::Number::New(info.Env(), -EFAULT);
  auto value = static_cast<uint32_t>(Int(info, 1));
  return Napi::Number::New(info.Env(), FutexWait(word, value, Nanoseconds(info, 2)));
}

Napi::Value WakeAll(const Napi::CallbackInfo& info) {
  auto* word = Memory<uint32_t>(info, sizeof(uint32_t));
  return Napi::Number::New(info.Env(), word == nullptr ? -EFAULT : FutexWake(word, INT_MAX));
}

Napi::Value Lock(const Napi::CallbackInfo& info) {
  auto* mutex = Memory<int32_t>(info, kMutexBytes);
  return Napi::Number::New(info.Env(), mutex == nullptr ? -EFAULT : MutexLock(mutex, Nanoseconds(info, 1)));
}

Napi::Value Unlock(const Napi::CallbackInfo& info) {
  auto* mutex = Memory<int32_t>(info, kMutexBytes);
  return Napi::Number::New(info.Env(), mutex == nullptr ? -EFAULT : MutexUnlock(mutex));
}

}  // namespace

void ExportSync(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "futexWait", Wait);
  Export(env, exports, "futexWake", WakeAll);
  Export(env, exports, "mutexLock", Lock);
  Export(env, exports, "mutexUnlock", Unlock);
}

}  // namespace binding
}  // namespace just_fork
