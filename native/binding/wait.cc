#include <unistd.h>
#include <uv.h>

#include "binding/binding.h"
#include "binding/usage.h"
#include "core/posix.h"
#include "os/os.h"
#include "runtime/forked.h"

namespace just_fork {
namespace binding {
namespace {

// [pid or -errno, status]
Napi::Value Waitpid(const Napi::CallbackInfo& info) {
  int status = 0;
  int result = just_fork::Waitpid(Int(info, 0), &status, Int(info, 1));
  return Pair(info.Env(), result, status);
}

// [pid or -errno, status, usage]
Napi::Value Wait4(const Napi::CallbackInfo& info) {
  int status = 0;
  rusage usage = {};
  int result = just_fork::Wait4(Int(info, 0), &status, Int(info, 1), &usage);
  Napi::Array triple = Napi::Array::New(info.Env(), 3);
  triple.Set(0u, result);
  triple.Set(1u, status);
  triple.Set(2u, UsageToArray(info.Env(), usage));
  return triple;
}

// [pid, signo, code, status, uid], pid 0 for nothing yet; or -errno.
Napi::Value Waitid(const Napi::CallbackInfo& info) {
  siginfo_t found;
  int error = just_fork::Waitid(static_cast<idtype_t>(Int(info, 0)), static_cast<id_t>(Int(info, 1)), &found,
                                Int(info, 2));
  if (error < 0) return Napi::Number::New(info.Env(), error);
  Napi::Array fields = Napi::Array::New(info.Env(), 5);
  uint32_t i = 0;
  for (int value : {static_cast<int>(found.si_pid), found.si_signo, found.si_code, found.si_status}) {
    fields.Set(i++, value);
  }
  fields.Set(i, static_cast<double>(found.si_uid));
  return fields;
}

Napi::Array ToArray(Napi::Env env, const std::vector<pid_t>& pids) {
  Napi::Array array = Napi::Array::New(env, pids.size());
  for (uint32_t i = 0; i < pids.size(); i++) array.Set(i, pids[i]);
  return array;
}

Napi::Value ListChildren(const Napi::CallbackInfo& info) {
  return ToArray(info.Env(), just_fork::ListChildren());
}

Napi::Value ForkedChildren(const Napi::CallbackInfo& info) { return ToArray(info.Env(), forked::List()); }

Napi::Value IsForked(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), forked::Has(Int(info, 0)));
}

void ForgetChild(const Napi::CallbackInfo& info) { forked::Forget(Int(info, 0)); }

// The children that libuv waits for itself (child_process), of this thread's loop.
Napi::Value LibuvChildren(const Napi::CallbackInfo& info) {
  std::vector<pid_t> pids;
  uv_walk(
      LoopOf(info.Env()),
      [](uv_handle_t* handle, void* arg) {
        // libuv reaps as long as the handle is active, which says that the child's end was not seen yet.
        if (handle->type != UV_PROCESS || !uv_is_active(handle)) return;
        int pid = uv_process_get_pid(reinterpret_cast<uv_process_t*>(handle));
        if (pid > 0) static_cast<std::vector<pid_t>*>(arg)->push_back(pid);
      },
      &pids);
  return ToArray(info.Env(), pids);
}

Napi::Value WaitUntilAnyEnds(const Napi::CallbackInfo& info) {
  Napi::Array array = info[0].As<Napi::Array>();
  std::vector<pid_t> pids;
  for (uint32_t i = 0; i < array.Length(); i++) pids.push_back(array.Get(i).As<Napi::Number>().Int32Value());
  return Napi::Number::New(info.Env(), just_fork::WaitUntilAnyEnds(pids, Int(info, 1)));
}

Napi::Value BeginChildEvents(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), child_events::Begin());
}

void WaitForChildEvent(const Napi::CallbackInfo&) { child_events::Wait(); }

void EndChildEvents(const Napi::CallbackInfo&) { child_events::End(); }

}  // namespace

void ExportWait(Napi::Env env, Napi::Object exports) {
  Export(env, exports, "waitpid", Waitpid);
  Export(env, exports, "peekChild", Call<PeekChild>);
  Export(env, exports, "wait4", Wait4);
  Export(env, exports, "waitid", Waitid);
  Export(env, exports, "listChildren", ListChildren);
  Export(env, exports, "forkedChildren", ForkedChildren);
  Export(env, exports, "isForked", IsForked);
  Export(env, exports, "forgetChild", ForgetChild);
  Export(env, exports, "libuvChildren", LibuvChildren);
  Export(env, exports, "waitUntilAnyEnds", WaitUntilAnyEnds);
  Export(env, exports, "beginChildEvents", BeginChildEvents);
  Export(env, exports, "waitForChildEvent", WaitForChildEvent);
  Export(env, exports, "endChildEvents", EndChildEvents);
}

}  // namespace binding
}  // namespace just_fork
