#include <netinet/in.h>
#include <unistd.h>

#include "binding/binding.h"
#include "binding/pool_children.h"
#include "binding/watch.h"
#include "runtime/caught_signals.h"
#include "runtime/exit.h"
#include "runtime/gateway.h"
#include "runtime/leave_handles.h"
#include "runtime/loop.h"
#include "runtime/streams.h"
#include "runtime/uv_internals.h"
#include "runtime/workers.h"

namespace just_fork {
namespace binding {
namespace {

// Made for it. A value of Node-API's is a place where the address of an object is, and V8 marks that with
// a 1.
uintptr_t AddressOfNewest(Napi::Env env) {
  napi_value value = Napi::Object::New(env);
  return *reinterpret_cast<const uintptr_t*>(value) - 1;
}

Napi::Value Fork(const Napi::CallbackInfo& info) {
  int64_t milliseconds = Int(info, 0);
  auto with = static_cast<WithWorkers>(Int(info, 1));
  bool heir = info[2].As<Napi::Boolean>().Value();
  int pid =
      just_fork::Fork(LoopOf(info.Env()), with, heir, milliseconds * 1'000'000, AddressOfNewest(info.Env()));
  if (pid == 0) {
    Watch::ForgetAll();
    ForgetPoolChildren();
  }
  return Napi::Number::New(info.Env(), pid);
}

Napi::Value StopsWorkers(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), just_fork::StopsWorkers());
}

// Undefined: not here.
Napi::Value WorkerCounts(const Napi::CallbackInfo& info) {
  if (!just_fork::StopsWorkers()) return info.Env().Undefined();
  workers::Counts counts = workers::Count();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("known", counts.known);
  result.Set("ended", counts.ended);
  result.Set("strangersEnded", counts.strangers_ended);
  return result;
}

void EndWorkers(const Napi::CallbackInfo&) { just_fork::EndWorkersInChild(); }

Napi::Value WorkerWasOver(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), workers::WasOver());
}

Napi::Value IsForkedChild(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), just_fork::IsForkedChild());
}

// Of stdout and stderr: the sum of the descriptors of which there is some, 0 for neither.
Napi::Value UnfinishedOutput(const Napi::CallbackInfo& info) {
  int sum = 0;
  for (int fd : {1, 2}) {
    if (streams::HasUnfinishedWrites(LoopOf(info.Env()), fd)) sum += fd;
  }
  return Napi::Number::New(info.Env(), sum);
}

void FinishOutput(const Napi::CallbackInfo& info) {
  streams::FinishWrites(LoopOf(info.Env()), Int(info, 0), info[1].As<Napi::Boolean>().Value());
}

caught_signals::Dismissal* dismissal;

// A pool's child takes no part in what its parent has under way: before its listeners are removed, and after
// that. Not `really`: a rehearsal in the parent. Whether the program listens to any signal.
Napi::Value BeginLeaving(const Napi::CallbackInfo& info) {
  bool listens = false;
  if (info[0].As<Napi::Boolean>().Value()) {
    dismissal = new caught_signals::Dismissal;
    ForEachHandle(LoopOf(info.Env()), [&listens](uv_handle_t* handle) {
      if (handle->type != UV_SIGNAL) return;
      dismissal->Note(reinterpret_cast<uv_signal_t*>(handle));
      if (uv_is_active(handle)) listens = true;
    });
  }
  return Napi::Boolean::New(info.Env(), listens);
}

Napi::Value LeaveLoop(const Napi::CallbackInfo& info) {
  if (!info[0].As<Napi::Boolean>().Value()) return Napi::Number::New(info.Env(), 0);
  dismissal->Raise();
  delete dismissal;
  loop::DropCompletions(LoopOf(info.Env()));
  return Napi::Number::New(info.Env(), LeaveHandlesToParent(LoopOf(info.Env())));
}

Napi::Value LeaveStream(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), LeaveStreamToParent(LoopOf(info.Env()), Int(info, 0)));
}

// As net.Server's address(): undefined, where none was left.
Napi::Value AddressLeft(const Napi::CallbackInfo& info) {
  const sockaddr_storage* address = AddressLeftToParent(Int(info, 0));
  char name[UV_IF_NAMESIZE + 64];
  if (address == nullptr || uv_ip_name(reinterpret_cast<const sockaddr*>(address), name, sizeof name) != 0) {
    return info.Env().Undefined();
  }
  bool is_6 = address->ss_family == AF_INET6;
  uint16_t port = is_6 ? reinterpret_cast<const sockaddr_in6*>(address)->sin6_port
                       : reinterpret_cast<const sockaddr_in*>(address)->sin_port;
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("address", name);
  result.Set("family", is_6 ? "IPv6" : "IPv4");
  result.Set("port", ntohs(port));
  return result;
}

// Should this child come to Node's shutdown after all, it ends there, with this code.
void LeaveAtCleanup(const Napi::CallbackInfo& info) {
  static int code;
  static bool hooked = false;
  code = Int(info, 0);
  if (hooked) return;
  auto leave = [](void* loop) { exit::Leave(static_cast<uv_loop_t*>(loop), code); };
  hooked = napi_add_env_cleanup_hook(info.Env(), leave, LoopOf(info.Env())) == napi_ok;
}

// Without a look at JavaScript: no listener, no library that has put itself in the place of
// process.reallyExit.
void Leave(const Napi::CallbackInfo& info) { exit::Leave(LoopOf(info.Env()), Int(info, 0)); }

// The error goes the way of one that nobody caught: to 'uncaughtException', or to stderr and exit code 1.
void ReportUncaught(const Napi::CallbackInfo& info) { napi_fatal_exception(info.Env(), info[0]); }

}  // namespace

void ExportFork(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "fork", Fork);
  Export(env, exports, "stopsWorkers", StopsWorkers);
  Export(env, exports, "workerCounts", WorkerCounts);
  Export(env, exports, "endWorkers", EndWorkers);
  Export(env, exports, "workerWasOver", WorkerWasOver);
  Export(env, exports, "isForkedChild", IsForkedChild);
  Export(env, exports, "beginLeaving", BeginLeaving);
  Export(env, exports, "leaveLoop", LeaveLoop);
  Export(env, exports, "leaveStream", LeaveStream);
  Export(env, exports, "addressLeft", AddressLeft);
  Export(env, exports, "unfinishedOutput", UnfinishedOutput);
  Export(env, exports, "finishOutput", FinishOutput);
  Export(env, exports, "leaveAtCleanup", LeaveAtCleanup);
  Export(env, exports, "leave", Leave);
  Export(env, exports, "reportUncaught", ReportUncaught);
}

}  // namespace binding
}  // namespace just_fork
