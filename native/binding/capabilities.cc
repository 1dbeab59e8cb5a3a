#include "binding/binding.h"
#include "os/os.h"
#include "runtime/gateway.h"

namespace just_fork {
namespace binding {
namespace {

Napi::Value MissingForFork(const Napi::CallbackInfo& info) {
  const auto& missing = just_fork::MissingForFork();
  Napi::Array names = Napi::Array::New(info.Env(), missing.size());
  for (uint32_t i = 0; i < missing.size(); i++) names.Set(i, missing[i]);
  return names;
}

Napi::Value OnMainThread(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), just_fork::OnMainThread());
}

Napi::Value ProfilerRuns(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), just_fork::ProfilerRuns());
}

// What the kernel has to copy at a fork: V8's mappings, and their size in bytes.
Napi::Value HeapMappings(const Napi::CallbackInfo& info) {
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("count", static_cast<double>(heap::RangeCount()));
  result.Set("bytes", static_cast<double>(heap::Bytes()));
  return result;
}

}  // namespace

void ExportCapabilities(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "missingForFork", MissingForFork);
  Export(env, exports, "onMainThread", OnMainThread);
  Export(env, exports, "profilerRuns", ProfilerRuns);
  Export(env, exports, "heapMappings", HeapMappings);
}

}  // namespace binding
}  // namespace just_fork
