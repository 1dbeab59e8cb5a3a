#include "runtime/loop.h"

#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "os/os.h"
#include "runtime/caught_signals.h"
#include "runtime/numbers_taken.h"
#include "runtime/uv_internals.h"

namespace just_fork {
namespace loop {
namespace {

// Before uv_loop_fork, which clears the pending marks of all asyncs, so that what they stood for would never
// be served: a task that V8 posted to the main thread, a message of a port, a completion of the thread pool.
// Returns those that were marked.
std::vector<uv_async_t*> PartFromParent(uv_loop_t* loop, bool heir) {
  std::vector<uv_async_t*> pending;
  ForEachHandle(loop, [&](uv_handle_t* handle) {
    switch (handle->type) {
      case UV_PROCESS:
        // The parent's children are not ours: their ends never come here, and must not be waited for.
        uv_unref(handle);
        break;
      case UV_ASYNC: {
        auto* async = reinterpret_cast<uv_async_t*>(handle);
        if (async->pending != 0 && !uv_is_closing(handle)) pending.push_back(async);
        // Says that a thread is about to wake the loop, and that thread is the parent's. uv_loop_fork clears
        // it but for those that wait for their callback while one of another is being called.
        if (handle->u.fd != 0) handle->u.fd = 0;
        break;
      }
      case UV_NAMED_PIPE:
        // The path of a server, which libuv removes when it is closed, is its parent's to remove.
        if (!heir) reinterpret_cast<uv_pipe_t*>(handle)->pipe_fname = nullptr;
        break;
      case UV_SIGNAL:
        caught_signals::LeaveToParent(reinterpret_cast<uv_signal_t*>(handle));
        break;
      default:
        break;
    }
  });
  return pending;
}

}  // namespace

void Lock(uv_loop_t* loop) { uv_mutex_lock(&loop->wq_mutex); }

void UnlockInParent(uv_loop_t* loop) { uv_mutex_unlock(&loop->wq_mutex); }

bool IsUnderLimit(uv_loop_t* loop) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur == RLIM_INFINITY) return true;
  int highest =
      std::max({loop->backend_fd, loop->async_io_watcher.fd, loop->signal_pipefd[0], loop->signal_pipefd[1]});
  return static_cast<rlim_t>(highest) < limit.rlim_cur;
}

int RenewInChild(uv_loop_t* loop, bool heir) {
  uv_mutex_init(&loop->wq_mutex);
  std::vector<uv_async_t*> pending = PartFromParent(loop, heir);
  file_watches::TakeOut(loop);
  int error;
  {
    // uv_loop_fork closes the poll set and opens another. If the fork was made in a callback, uv__io_poll
    // below it has the old number at hand and may poll it once more: so the new set is to have that number,
    // the lowest that is free.
    NumbersTaken lower(loop->backend_fd, loop->backend_fd);
    error = uv_loop_fork(loop);
  }
  if (error != 0) return error;
  // uv_loop_fork forgets what the old poll set was told of each watcher, but for those that were waiting to
  // tell it something else: the new set does not know these, and libuv aborts when it has a change refused.
  // The watcher of asyncs is a new one. On macOS, with libuv 1.50 and later, the set has been told of it in
  // another way: its descriptor is a directory's, and would be refused.
  for (unsigned i = 0; i < loop->nwatchers; i++) {
    uv__io_t* watcher = loop->watchers[i];
    if (watcher != nullptr && watcher != &loop->async_io_watcher) watcher->events = 0;
  }
  caught_signals::BeginToCount(loop);
  file_watches::PutBack(loop);
  uv_update_time(loop);
  for (uv_async_t* async : pending) {
    async->pending = 0;  // libuv up to 1.44 leaves it, and then sends nothing
    uv_async_send(async);
  }
  return 0;
}

void DropCompletions(uv_loop_t* loop) {
  uv_mutex_lock(&loop->wq_mutex);
  Link* done = Link::Of(&loop->wq);
  loop->active_reqs.count -= done->Count();
  done->next = done->previous = done;
  uv_mutex_unlock(&loop->wq_mutex);
}

}  // namespace loop
}  // namespace just_fork
