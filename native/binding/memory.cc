#include <cerrno>

#include "binding/binding.h"
#include "core/posix.h"
#include "core/sleeper.h"
#include "os/os.h"
#include "runtime/gateway.h"

namespace just_fork {
namespace binding {
namespace {

// A mutex that this process holds must be there when the process ends and the kernel looks for it. At the end
// of a program, all ArrayBuffers are freed before that; also before the watches are stopped.
void Unmap(napi_env, void* memory, void* hint) {
  size_t length = reinterpret_cast<size_t>(hint);
  Sleeper::EndIn(memory, length);
  if (!OnMainThread() || !HoldsMutexIn(memory, length)) UnmapShared(memory, length);
}

// An ArrayBuffer, or -errno. It is unmapped when it is collected, in each process by itself.
Napi::Value SharedMemory(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  size_t length = static_cast<size_t>(info[0].As<Napi::Number>().DoubleValue());
  void* memory = nullptr;
  int error = PrepareMutexes();
  if (error == 0) error = MapShared(length, &memory);
  if (error < 0) return Napi::Number::New(env, error);
  napi_value buffer = nullptr;
  napi_status status =
      napi_create_external_arraybuffer(env, memory, length, Unmap, reinterpret_cast<void*>(length), &buffer);
  if (status != napi_ok) {
    // A V8 with a sandbox (Electron) takes no memory that is not its own.
    UnmapShared(memory, length);
    return Napi::Number::New(env, -ENOSYS);
  }
  return Napi::Value(env, buffer);
}

Napi::Value UseHugePages(const Napi::CallbackInfo& info) {
  // It goes through the list of V8's mappings, which is there for forks.
  return Napi::Boolean::New(info.Env(), MissingForFork().empty() && heap_blocks::UseHugePages());
}

}  // namespace

void ExportMemory(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "sharedMemory", SharedMemory);
  Export(env, exports, "useHugePages", UseHugePages);
}

}  // namespace binding
}  // namespace just_fork
