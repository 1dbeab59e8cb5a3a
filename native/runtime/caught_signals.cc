#include "runtime/caught_signals.h"

#include <signal.h>
#include <unistd.h>

#include <vector>

#include "runtime/uv_internals.h"

namespace just_fork {
namespace caught_signals {
namespace {

struct Silenced {
  uv_signal_t* handle;
  uv_signal_cb callback;
  unsigned caught;  // when this process began: newer versions of uv_loop_fork count from 0 again
};

// libuv counts what was caught and what was dispatched, and closes no handle between the two (up to 1.46 its
// loop spins meanwhile: libuv/libuv#3483). What will not be dispatched any more can be told from what will be
// only when the loop has come round.
struct Silence {
  uv_prepare_t until;
  std::vector<Silenced> handles;
};

Silence* silence;  // that of the parent, too, if its loop has not come round since

void Nobody(uv_signal_t*, int) {}

Silenced* Find(const uv_handle_t* handle) {
  if (silence == nullptr || handle->type != UV_SIGNAL) return nullptr;
  for (Silenced& silenced : silence->handles) {
    if (reinterpret_cast<const uv_handle_t*>(silenced.handle) == handle) return &silenced;
  }
  return nullptr;
}

// Only what the loop still has: a handle may be gone by now.
void Restore(uv_handle_t* handle) {
  Silenced* silenced = Find(handle);
  if (silenced == nullptr) return;
  uv_signal_t* signal = silenced->handle;
  unsigned since = signal->caught_signals - silenced->caught;
  signal->caught_signals = signal->dispatched_signals + since;
  if (signal->signal_cb == Nobody) signal->signal_cb = silenced->callback;
}

void End(uv_prepare_t* until) {
  ForEachHandle(until->loop, Restore);
  silence = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(until),
           [](uv_handle_t* handle) { delete static_cast<Silence*>(handle->data); });
}

// Caught by this process.
bool CameHere(const uv_signal_t* signal) {
  const Silenced* silenced = Find(reinterpret_cast<const uv_handle_t*>(signal));
  return signal->caught_signals != (silenced != nullptr ? silenced->caught : signal->dispatched_signals);
}

}  // namespace

void LeaveToParent(uv_signal_t* handle) {
  if (handle->caught_signals == handle->dispatched_signals) return;
  if (Find(reinterpret_cast<uv_handle_t*>(handle)) != nullptr) return;
  if (silence == nullptr) {
    silence = new Silence;
    silence->until.data = silence;
    uv_prepare_init(handle->loop, &silence->until);
    uv_prepare_start(&silence->until, End);  // it keeps the loop alive for that turn
  }
  silence->handles.push_back({handle, handle->signal_cb, 0});
  handle->signal_cb = Nobody;
}

void BeginToCount(uv_loop_t* loop) {
  if (silence == nullptr) return;
  ForEachHandle(loop, [](uv_handle_t* handle) {
    Silenced* silenced = Find(handle);
    if (silenced != nullptr) silenced->caught = silenced->handle->caught_signals;
  });
}

void Dismissal::Note(const uv_signal_t* handle) { listeners_.push_back({handle, handle->signum}); }

void Dismissal::Raise() {
  for (const Listener& listener : listeners_) {
    struct sigaction action;
    if (!CameHere(listener.handle) || sigaction(listener.signal, nullptr, &action) == -1) continue;
    if (action.sa_handler == SIG_DFL) kill(getpid(), listener.signal);
  }
}

}  // namespace caught_signals
}  // namespace just_fork
