#include "binding/binding.h"
#include "runtime/collector.h"

namespace just_fork {
namespace binding {
namespace {

// A symbol that nobody holds, and that V8 puts among the old: it is dropped by the next collection of all of
// its heap, and not by the many of young objects.
thread_local Napi::Reference<Napi::Symbol>* canary;
thread_local int collections = 0;

// How often V8 has collected all of its heap, of the times between two calls of this.
Napi::Value Collections(const Napi::CallbackInfo& info) {
  if (canary->Value().IsEmpty()) {
    *canary = Napi::Weak(Napi::Symbol::New(info.Env()));
    collections++;
  }
  return Napi::Number::New(info.Env(), collections);
}

Napi::Value YoungUsed(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(collector::Young().used));
}

Napi::Value CollectorIsAtWork(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), collector::IsAtWork());
}

}  // namespace

void ExportCollections(Napi::Env env, Napi::Object exports) {
  // The package may be loaded several times. What is left at the end may be of a copy that is gone: the
  // symbol is left to Node.
  if (canary == nullptr) {
    canary = new Napi::Reference<Napi::Symbol>;
    env.AddCleanupHook([] {
      canary->SuppressDestruct();
      delete canary;
      canary = nullptr;
    });
  }
  Export(env, exports, "collections", Collections);
  Export(env, exports, "youngUsed", YoungUsed);
  Export(env, exports, "collectorIsAtWork", CollectorIsAtWork);
}

}  // namespace binding
}  // namespace just_fork
