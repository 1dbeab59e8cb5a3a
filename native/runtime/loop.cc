#include "runtime/loop.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/posix.h"
#include "os/os.h"
#include "runtime/caught_signals.h"

namespace just_fork {
namespace loop {
namespace {

// A node of libuv's queues, whose name differs between its versions.
struct Link {
  Link* next;
  Link* previous;
};

struct Search {
  int fd;
  uv_stream_t* found;
};

void FindStream(uv_handle_t* handle, void* arg) {
  auto* search = static_cast<Search*>(arg);
  bool stream = handle->type == UV_NAMED_PIPE || handle->type == UV_TTY || handle->type == UV_TCP;
  uv_os_fd_t fd;
  if (!stream || uv_is_closing(handle) || uv_fileno(handle, &fd) != 0 || fd != search->fd) return;
  search->found = reinterpret_cast<uv_stream_t*>(handle);
}

// uv_loop_fork clears the pending marks of all asyncs, so what they stood for would never be served: a task
// that V8 posted to the main thread, a message of a port, a completion of the thread pool.
std::vector<uv_async_t*> PendingAsyncs(uv_loop_t* loop) {
  std::vector<uv_async_t*> pending;
  ForEachHandle(
      loop,
      [](uv_handle_t* handle, void* arg) {
        if (handle->type != UV_ASYNC || uv_is_closing(handle)) return;
        auto* async = reinterpret_cast<uv_async_t*>(handle);
        if (async->pending != 0) static_cast<std::vector<uv_async_t*>*>(arg)->push_back(async);
      },
      &pending);
  return pending;
}

void PartFromParent(uv_handle_t* handle, void*) {
  switch (handle->type) {
    case UV_PROCESS:
      // The parent's children are not ours: their ends never come here, and must not be waited for.
      uv_unref(handle);
      break;
    case UV_ASYNC:
      // Says that a thread is about to wake the loop, and that thread is the parent's. uv_loop_fork clears it
      // but for those that wait for their callback while one of another is being called.
      if (handle->u.fd != 0) handle->u.fd = 0;
      break;
    default:
      break;
  }
}

void TakeOut(void* queue) {
  auto* link = static_cast<Link*>(queue);
  link->previous->next = link->next;
  link->next->previous = link->previous;
  link->next = link->previous = link;
}

// What libuv does before it closes a handle (uv__io_close of src/unix/core.c), and has no public call for.
// The new kernel poll set is filled at the loop's next turn, so it has not heard of the descriptor.
void ForgetWatcher(uv_loop_t* loop, uv__io_t* watcher) {
  TakeOut(&watcher->watcher_queue);
  TakeOut(&watcher->pending_queue);
  watcher->pevents = watcher->events = 0;
  int fd = watcher->fd;
  if (fd < 0 || static_cast<unsigned>(fd) >= loop->nwatchers || loop->watchers[fd] != watcher) return;
  loop->watchers[fd] = nullptr;
  loop->nfds--;
}

// Requests that will never be called back keep the loop alive as long as they are counted.
void ForgetRequests(uv_loop_t* loop, void* queue) {
  auto* head = static_cast<Link*>(queue);
  for (Link* link = head->next; link != head; link = link->next) loop->active_reqs.count--;
  head->next = head->previous = head;
}

void ForgetStreamRequests(uv_loop_t* loop, uv_stream_t* stream) {
  ForgetRequests(loop, &stream->write_queue);
  ForgetRequests(loop, &stream->write_completed_queue);
  stream->write_queue_size = 0;
  if (stream->connect_req != nullptr) loop->active_reqs.count--;
  if (stream->shutdown_req != nullptr) loop->active_reqs.count--;
  stream->connect_req = nullptr;
  stream->shutdown_req = nullptr;
}

// uv_loop_fork closes the poll set and opens another. If the fork was made in a callback, uv__io_poll below
// it has the old number at hand and may poll it once more: so the new set is to have that number, the lowest
// that is free.
class LowerNumbersTaken {
 public:
  explicit LowerNumbersTaken(int number) {
    for (;;) {
      int fd = fcntl(number, F_DUPFD_CLOEXEC, 0);
      if (fd == -1) return;
      taken_.push_back(fd);
      if (fd > number) return;
    }
  }
  ~LowerNumbersTaken() {
    for (int fd : taken_) close(fd);
  }

 private:
  std::vector<int> taken_;
};

struct Leaving {
  uv_loop_t* loop;
  int silent;  // what takes the place of a socket: nothing ever arrives on it
  int error;
};

void LetGo(Leaving* leaving, uv__io_t* watcher) {
  ForgetWatcher(leaving->loop, watcher);
  if (watcher->fd < 0 || leaving->error != 0) return;
  if (leaving->silent < 0) leaving->silent = SilentSocket();
  int error = leaving->silent < 0 ? leaving->silent : Dup2(leaving->silent, watcher->fd, 0);
  if (error < 0) leaving->error = error;
}

void LeaveToParent(uv_handle_t* handle, void* arg) {
  auto* leaving = static_cast<Leaving*>(arg);
  if (uv_is_closing(handle)) return;
  switch (handle->type) {
    case UV_TCP:
    case UV_NAMED_PIPE: {
      auto* stream = reinterpret_cast<uv_stream_t*>(handle);
      int fd = stream->io_watcher.fd;
      if (fd >= 0 && fd <= 2) {
        uv_read_stop(stream);
      } else {
        ForgetStreamRequests(leaving->loop, stream);
        LetGo(leaving, &stream->io_watcher);
      }
      break;
    }
    case UV_UDP: {
      auto* udp = reinterpret_cast<uv_udp_t*>(handle);
      ForgetRequests(leaving->loop, &udp->write_queue);
      ForgetRequests(leaving->loop, &udp->write_completed_queue);
      udp->send_queue_size = udp->send_queue_count = 0;
      LetGo(leaving, &udp->io_watcher);
      break;
    }
    case UV_TTY:
      uv_read_stop(reinterpret_cast<uv_stream_t*>(handle));
      break;
    case UV_POLL:
      uv_poll_stop(reinterpret_cast<uv_poll_t*>(handle));
      break;
    case UV_FS_EVENT:
      uv_fs_event_stop(reinterpret_cast<uv_fs_event_t*>(handle));
      break;
    case UV_FS_POLL:
      uv_fs_poll_stop(reinterpret_cast<uv_fs_poll_t*>(handle));
      break;
    default:
      return;  // timers, and what Node needs for itself
  }
  uv_unref(handle);
}

}  // namespace

void ForEachHandle(uv_loop_t* loop, void (*each)(uv_handle_t*, void*), void* arg) {
  auto* head = reinterpret_cast<Link*>(&loop->handle_queue);
  for (Link* link = head->next; link != head; link = link->next) {
    char* handle = reinterpret_cast<char*>(link) - offsetof(uv_handle_t, handle_queue);
    each(reinterpret_cast<uv_handle_t*>(handle), arg);
  }
}

void Lock(uv_loop_t* loop) { uv_mutex_lock(&loop->wq_mutex); }

void UnlockInParent(uv_loop_t* loop) { uv_mutex_unlock(&loop->wq_mutex); }

bool IsUnderLimit(uv_loop_t* loop) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur == RLIM_INFINITY) return true;
  int highest =
      std::max({loop->backend_fd, loop->async_io_watcher.fd, loop->signal_pipefd[0], loop->signal_pipefd[1]});
  return static_cast<rlim_t>(highest) < limit.rlim_cur;
}

int RenewInChild(uv_loop_t* loop) {
  uv_mutex_init(&loop->wq_mutex);
  std::vector<uv_async_t*> pending = PendingAsyncs(loop);
  caught_signals::LeaveToParent(loop);
  file_watches::TakeOut(loop);
  int error;
  {
    LowerNumbersTaken taken(loop->backend_fd);
    error = uv_loop_fork(loop);
  }
  if (error != 0) return error;
  caught_signals::BeginToCount(loop);
  file_watches::PutBack(loop);
  uv_update_time(loop);
  ForEachHandle(loop, PartFromParent, nullptr);
  for (uv_async_t* async : pending) {
    async->pending = 0;  // libuv up to 1.44 leaves it, and then sends nothing
    uv_async_send(async);
  }
  return 0;
}

bool HasQueuedWrites(uv_loop_t* loop, int fd) {
  Search search = {fd, nullptr};
  ForEachHandle(loop, FindStream, &search);
  return search.found != nullptr && search.found->write_queue_size > 0;
}

bool DropQueuedWrites(uv_loop_t* loop, int fd) {
  Search search = {fd, nullptr};
  ForEachHandle(loop, FindStream, &search);
  if (search.found == nullptr || search.found->write_queue_size == 0) return false;
  // A request stays in the queue, so that its callback comes; only its buffers become empty.
  auto* head = &search.found->write_queue;
  for (auto* link = head->next; link != head; link = link->next) {
    auto* request =
        reinterpret_cast<uv_write_t*>(reinterpret_cast<char*>(link) - offsetof(uv_write_t, queue));
    for (unsigned i = request->write_index; i < request->nbufs; i++) request->bufs[i].len = 0;
  }
  search.found->write_queue_size = 0;
  return true;
}

int LeaveHandlesToParent(uv_loop_t* loop) {
  Leaving leaving = {loop, -1, 0};
  ForEachHandle(loop, LeaveToParent, &leaving);
  if (leaving.silent >= 0) Close(leaving.silent);
  return leaving.error;
}

void DropCompletions(uv_loop_t* loop) {
  uv_mutex_lock(&loop->wq_mutex);
  auto* head = &loop->wq;
  for (auto* link = head->next; link != head; link = link->next) loop->active_reqs.count--;
  head->next = head->prev = head;
  uv_mutex_unlock(&loop->wq_mutex);
}

}  // namespace loop
}  // namespace just_fork
