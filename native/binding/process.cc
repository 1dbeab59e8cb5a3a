#include <unistd.h>
#include <uv.h>

#include <cstring>

#include "binding/binding.h"
#include "core/posix.h"
#include "os/os.h"

namespace just_fork {
namespace binding {
namespace {

void ExitAtOnce(const Napi::CallbackInfo& info) { _exit(Int(info, 0)); }

Napi::Value Getpid(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), getpid()); }

Napi::Value Getppid(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), getppid()); }

// The platform's own words for an error number.
Napi::Value ErrorText(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), std::strerror(Int(info, 0)));
}

}  // namespace

void ExportProcess(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "exitAtOnce", ExitAtOnce);
  Export(env, exports, "getpid", Getpid);
  Export(env, exports, "getppid", Getppid);
  Export(env, exports, "getpgid", Call<GroupOf>);
  Export(env, exports, "kill", Call<Kill>);
  Export(env, exports, "setpgid", Call<SetGroup>);
  Export(env, exports, "getsid", Call<SessionOf>);
  Export(env, exports, "setsid", Call<NewSession>);
  Export(env, exports, "tcgetpgrp", Call<ForegroundGroup>);
  Export(env, exports, "tcsetpgrp", Call<SetForegroundGroup>);
  Export(env, exports, "setChildSubreaper", Call<SetChildSubreaper>);
  Export(env, exports, "setParentDeathSignal", Call<SetParentDeathSignal>);
  Export(env, exports, "pidfdOpen", Call<PidfdOpen>);
  Export(env, exports, "pidfdSendSignal", Call<PidfdSendSignal>);
  Export(env, exports, "errorText", ErrorText);
}

}  // namespace binding
}  // namespace just_fork
