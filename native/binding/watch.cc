#include "binding/watch.h"

#include <signal.h>

#include "binding/binding.h"
#include "os/os.h"
#include "runtime/caught_signals.h"
#include "runtime/node_signals.h"

namespace just_fork {
namespace binding {
namespace {

bool IsDefault(int signal) {
  struct sigaction action;
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL;
}

}  // namespace

thread_local Watch::Watches* Watch::watches = nullptr;
thread_local Watch::Watches* Watch::of_parent = nullptr;
thread_local uint32_t Watch::last_id = 0;

int Watch::Start(Napi::Env env, const char* name, int fd, Owned owned, Napi::Function callback,
                 uint32_t* id) {
  auto handle = std::make_unique<Handle>();
  handle->owned = owned;
  int error = uv_poll_init(LoopOf(env), &handle->poll, fd);
  if (error != 0) {
    owned.Close();
    return error;
  }
  auto watch = Of(env, name, callback, std::move(handle));
  error =
      uv_poll_start(&watch->handle_->poll, UV_READABLE, [](uv_poll_t* poll, int, int) { Call(poll->data); });
  return error == 0 ? Keep(std::move(watch), id) : error;
}

int Watch::StartSignal(Napi::Env env, const char* name, int signal, Napi::Function callback, uint32_t* id) {
  auto handle = std::make_unique<Handle>();
  int error = uv_signal_init(LoopOf(env), &handle->signal);
  if (error != 0) return error;
  uv_unref(&handle->any);
  handle->in_place_of_nodes = node_signals::IsCaught(signal, &handle->nodes);
  auto watch = Of(env, name, callback, std::move(handle));
  error = uv_signal_start(
      &watch->handle_->signal, [](uv_signal_t* came, int) { Call(came->data); }, signal);
  return error == 0 ? Keep(std::move(watch), id) : error;
}

int Watch::StartSleeper(Napi::Env env, Napi::Object view, uint32_t* word, uint32_t value, void* mutex,
                        Napi::Function callback, uint32_t* id) {
  Sleeper* sleeper = nullptr;
  int fd = Sleeper::Start(word, value, mutex, &sleeper);
  if (fd < 0) return fd;
  int error = Start(env, "just-fork:lock", fd, {{fd, -1}}, callback, id);
  if (error != 0) {
    Sleeper::Stop(sleeper);
    return error;
  }
  Watch* watch = (*watches)[*id].get();
  watch->sleeper_ = sleeper;
  watch->memory_ = Napi::Persistent(view);
  return 0;
}

void Watch::Stop(uint32_t id) {
  auto found = watches->find(id);
  if (found == watches->end()) return;
  Watch& watch = *found->second;
  const Handle* handle = watch.handle_;
  int signal = handle != nullptr && handle->any.type == UV_SIGNAL ? handle->signal.signum : 0;
  bool caught = signal != 0 && !IsDefault(signal);
  // At once: who stops a watch in its own call may watch the same descriptor anew before that call is over.
  watch.Silence();
  if (signal != 0 && IsDefault(signal)) LeaveSignal(signal, *handle, caught, watch.calls_);
  watches->erase(found);
}

// Nobody else in libuv catches it, which has left the default action behind. A signal that has come and that
// libuv, whose loop tells of it at its next poll, tells nobody of any more, does now what it would have done,
// had the watch been stopped sooner. The handle stays until the loop's next turn.
void Watch::LeaveSignal(int signal, const Handle& handle, bool was_caught, bool calls) {
  if (was_caught && handle.in_place_of_nodes) sigaction(signal, &handle.nodes, nullptr);
  if (UntoldOf(handle.signal, calls) > 0) kill(getpid(), signal);
}

unsigned Watch::UntoldOf(const uv_signal_t& handle, bool calls) {
  unsigned told = handle.dispatched_signals + (calls ? 1 : 0);  // counted when the call is over
  return handle.caught_signals - told;
}

unsigned Watch::Untold(uint32_t id) {
  auto found = watches->find(id);
  if (found == watches->end()) return 0;
  const Watch& watch = *found->second;
  return watch.handle_ == nullptr ? 0 : UntoldOf(watch.handle_->signal, watch.calls_);
}

void Watch::End() {
  delete watches;
  delete of_parent;
  watches = of_parent = nullptr;
}

void Watch::ForgetAll() {
  of_parent->clear();
  of_parent->swap(*watches);
  caught_signals::Dismissal dismissal;
  for (auto& [id, watch] : *of_parent) {
    Handle* handle = watch->handle_;
    if (handle != nullptr && handle->any.type == UV_SIGNAL) dismissal.Note(&handle->signal);
    bool gone = !ChildrenHaveThem() && watch->sleeper_ == nullptr;  // a sleeper's is a pipe
    if (handle != nullptr && gone) handle->owned.fds[0] = -1;
    watch->Silence();
  }
  dismissal.Raise();
}

void Watch::Prepare() {
  if (watches != nullptr) return;
  watches = new Watches;
  of_parent = new Watches;
}

std::shared_ptr<Watch> Watch::Of(Napi::Env env, const char* name, Napi::Function callback,
                                 std::unique_ptr<Handle> handle) {
  of_parent->clear();
  auto watch = std::shared_ptr<Watch>(new Watch(env, name, callback, handle.release()));
  watch->handle_->any.data = watch.get();
  return watch;
}

int Watch::Keep(std::shared_ptr<Watch> watch, uint32_t* id) {
  *id = ++last_id;
  (*watches)[*id] = std::move(watch);
  return 0;
}

void Watch::Silence() {
  if (handle_ == nullptr) return;
  if (sleeper_ != nullptr) Sleeper::Stop(sleeper_);
  memory_.Reset();
  // libuv keeps the handle until the loop's next turn, when the JavaScript environment may be gone: so it
  // holds nothing of that.
  handle_->any.data = handle_;
  uv_close(&handle_->any, [](uv_handle_t* closed) { delete static_cast<Handle*>(closed->data); });
  handle_->owned.Close();
  handle_ = nullptr;
}

void Watch::Call(void* data) {
  // Held until the call is over: it may well stop this watch.
  std::shared_ptr<Watch> watch = static_cast<Watch*>(data)->shared_from_this();
  Napi::HandleScope scope(watch->env_);
  int result = watch->sleeper_ != nullptr ? watch->sleeper_->Result() : 0;
  napi_value argument = Napi::Number::New(watch->env_, result);
  watch->calls_ = true;
  watch->callback_.MakeCallback(watch->env_.Global(), 1, &argument, watch->context_);
  watch->calls_ = false;
  ReportPending(watch->env_);
}

}  // namespace binding
}  // namespace just_fork
