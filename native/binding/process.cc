#include <signal.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
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

// For a pool's child of `parent`, first of all; below 0: a rehearsal in the parent, which changes nothing.
Napi::Value EndWithParent(const Napi::CallbackInfo& info) {
  pid_t parent = Int(info, 0);
  int error = parent < 0 ? 0 : SetParentDeathSignal(SIGKILL);
  if (parent >= 0 && getppid() != parent) _exit(1);  // it died before that
  return Napi::Number::New(info.Env(), error == -ENOSYS ? 0 : error);
}

// The platform's own words for an error number.
Napi::Value ErrorText(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), std::strerror(Int(info, 0)));
}

}  // namespace

void ExportProcess(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "exitAtOnce", ExitAtOnce);
  Export(env, exports, "getpid", Getpid);
  Export(env, exports, "getppid", Getppid);
  Export(env, exports, "endWithParent", EndWithParent);
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
