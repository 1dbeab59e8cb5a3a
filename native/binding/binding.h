// The N-API layer: it converts, and nothing else. Arguments were checked in TypeScript. A number below zero
// is -errno.
#pragma once

#include <napi.h>

#include <utility>

namespace just_fork {
namespace binding {

void ExportFork(Napi::Env env, Napi::Object exports);
void ExportCollections(Napi::Env env, Napi::Object exports);
void ExportCapabilities(Napi::Env env, Napi::Object exports);
void ExportWait(Napi::Env env, Napi::Object exports);
void ExportWatches(Napi::Env env, Napi::Object exports);
void ExportPoolChildren(Napi::Env env, Napi::Object exports);
void ExportDescriptors(Napi::Env env, Napi::Object exports);
void ExportProcess(Napi::Env env, Napi::Object exports);
void ExportLimits(Napi::Env env, Napi::Object exports);
void ExportSignals(Napi::Env env, Napi::Object exports);
void ExportMemory(Napi::Env env, Napi::Object exports);
void ExportSync(Napi::Env env, Napi::Object exports);
void ExportRandom(Napi::Env env, Napi::Object exports);
void ExportExec(Napi::Env env, Napi::Object exports);

template <typename Function>
void Export(Napi::Env env, Napi::Object exports, const char* name, Function function) {
  exports.Set(name, Napi::Function::New(env, function, name));
}

inline int Int(const Napi::CallbackInfo& info, size_t index) {
  return info[index].As<Napi::Number>().Int32Value();
}

template <typename... Ints, size_t... Index>
Napi::Value Forward(const Napi::CallbackInfo& info, int (*call)(Ints...), std::index_sequence<Index...>) {
  return Napi::Number::New(info.Env(), call(static_cast<Ints>(Int(info, Index))...));
}

template <typename... Ints>
Napi::Value CallWithInts(const Napi::CallbackInfo& info, int (*call)(Ints...)) {
  return Forward(info, call, std::index_sequence_for<Ints...>());
}

// For a call whose arguments and answer are all ints: Export(env, exports, "setsid", Call<Setsid>).
template <auto Function>
Napi::Value Call(const Napi::CallbackInfo& info) {
  return CallWithInts(info, Function);
}

// The Int32Array of the first argument; nullptr if its memory is not there any more: JavaScript can detach an
// ArrayBuffer.
template <typename T>
T* Memory(const Napi::CallbackInfo& info, size_t bytes) {
  auto view = info[0].As<Napi::Int32Array>();
  return view.ByteLength() < bytes ? nullptr : reinterpret_cast<T*>(view.Data());
}

// [-errno or 0, a value that may itself be negative]
inline Napi::Array Pair(Napi::Env env, int error, int value) {
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0u, error);
  pair.Set(1u, value);
  return pair;
}

// After a callback from the event loop, its exception: nobody is below it on the stack to catch that, and
// while it is pending no callback can be made.
inline void ReportPending(Napi::Env env) {
  napi_value error;
  if (env.IsExceptionPending() && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
}

inline uv_loop_s* LoopOf(Napi::Env env) {
  uv_loop_s* loop = nullptr;
  napi_get_uv_event_loop(env, &loop);
  return loop;
}

}  // namespace binding
}  // namespace just_fork
