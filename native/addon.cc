// The table of contents of the native side; src/native.ts declares the same list with its types.
#include "binding/binding.h"
#include "core/inherited.h"
#include "os/os.h"
#include "runtime/gateway.h"

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  using namespace just_fork;
  StayLoaded();
  if (OnMainThread()) {
    inherited::Note();
    InstallRuntime(binding::LoopOf(env));
  }
  binding::ExportFork(env, exports);
  binding::ExportCollections(env, exports);
  binding::ExportCapabilities(env, exports);
  binding::ExportWait(env, exports);
  binding::ExportWatches(env, exports);
  binding::ExportPoolChildren(env, exports);
  binding::ExportDescriptors(env, exports);
  binding::ExportProcess(env, exports);
  binding::ExportLimits(env, exports);
  binding::ExportSignals(env, exports);
  binding::ExportMemory(env, exports);
  binding::ExportSync(env, exports);
  binding::ExportRandom(env, exports);
  binding::ExportExec(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(just_fork, Init)
