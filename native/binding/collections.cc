#include "binding/binding.h"

namespace just_fork {
namespace binding {
namespace {

// A symbol that nobody holds, and that V8 puts among the old: it is dropped by the next collection of all of
// its heap, and not by the many of young objects.
thread_local Napi::Reference<Napi::Symbol>* canary;

// Whether V8 has collected since the last call.
Napi::Value HasCollected(const Napi::CallbackInfo& info) {
  bool collected = canary == nullptr || canary->Value().IsEmpty();
  if (canary == nullptr) canary = new Napi::Reference<Napi::Symbol>;
  if (collected) *canary = Napi::Weak(Napi::Symbol::New(info.Env()));
  return Napi::Boolean::New(info.Env(), collected);
}

}  // namespace

void ExportCollections(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "hasCollected", HasCollected);
}

}  // namespace binding
}  // namespace just_fork
