#include "runtime/leave_handles.h"

#include <map>
#include <set>

#include "core/posix.h"
#include "runtime/uv_internals.h"
#include "runtime/workers.h"

namespace just_fork {
namespace {

// What libuv does before it closes a handle (uv__io_close of src/unix/core.c), and has no public call for.
// The new kernel poll set is filled at the loop's next turn, so it has not heard of the descriptor.
void ForgetWatcher(uv_loop_t* loop, uv__io_t* watcher) {
  Link::Of(&watcher->watcher_queue)->TakeOut();
  Link::Of(&watcher->pending_queue)->TakeOut();
  watcher->pevents = watcher->events = 0;
  int fd = watcher->fd;
  if (fd < 0 || static_cast<unsigned>(fd) >= loop->nwatchers || loop->watchers[fd] != watcher) return;
  loop->watchers[fd] = nullptr;
  loop->nfds--;
}

// Requests that will never be called back keep the loop alive as long as they are counted.
void ForgetRequests(uv_loop_t* loop, void* queue) {
  Link* requests = Link::Of(queue);
  loop->active_reqs.count -= requests->Count();
  requests->next = requests->previous = requests;
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

std::map<int, sockaddr_storage>& AddressesLeft() {
  static std::map<int, sockaddr_storage> addresses;
  return addresses;
}

// While the socket has one: below a child that has left it, too, it is of another family.
void NoteAddress(int fd) {
  sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == -1) return;
  if (address.ss_family == AF_INET || address.ss_family == AF_INET6) AddressesLeft()[fd] = address;
}

class Leaving {
 public:
  explicit Leaving(uv_loop_t* loop) : loop_(loop) {}

  int error() const { return error_; }

  void Leave(uv_handle_t* handle) {
    if (uv_is_closing(handle)) return;
    switch (handle->type) {
      case UV_TCP:
      case UV_NAMED_PIPE:
        LeaveUnlessStandard(reinterpret_cast<uv_stream_t*>(handle));
        return;
      case UV_UDP: {
        auto* udp = reinterpret_cast<uv_udp_t*>(handle);
        ForgetRequests(loop_, &udp->write_queue);
        ForgetRequests(loop_, &udp->write_completed_queue);
        udp->send_queue_size = udp->send_queue_count = 0;
        LetGo(&udp->io_watcher);
        break;
      }
      case UV_TTY:
        uv_read_stop(reinterpret_cast<uv_stream_t*>(handle));
        return;
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

  // Descriptors 0 to 2 stay: such a stream may be read anew, and a server on one of them is silent here.
  void LeaveUnlessStandard(uv_stream_t* stream) {
    int fd = stream->io_watcher.fd;
    bool standard = fd >= 0 && fd <= 2;
    bool listens = stream->connection_cb != nullptr;
    if (standard && !listens) {
      uv_read_stop(stream);
      return;
    }
    if (listens && stream->type == UV_TCP) NoteAddress(fd);
    if (!standard) {
      LeaveStream(stream);
      return;
    }
    ForgetStreamRequests(loop_, stream);
    ForgetWatcher(loop_, &stream->io_watcher);
    uv_unref(reinterpret_cast<uv_handle_t*>(stream));
  }

  void LeaveStream(uv_stream_t* stream) {
    ForgetStreamRequests(loop_, stream);
    LetGo(&stream->io_watcher);
    uv_unref(reinterpret_cast<uv_handle_t*>(stream));
  }

 private:
  // The number stays taken, as libuv still has it.
  void LetGo(uv__io_t* watcher) {
    ForgetWatcher(loop_, watcher);
    if (watcher->fd < 0 || error_ != 0) return;
    int error = silent_ < 0 ? Deafen(watcher->fd) : Dup2(silent_, watcher->fd, 0);
    if (error < 0) {
      error_ = error;
    } else if (silent_ < 0) {
      silent_ = watcher->fd;
    }
  }

  uv_loop_t* loop_;
  int silent_ = -1;  // the first that was deafened: the others become copies of it
  int error_ = 0;
};

// Not one that a handle of this loop has, too, as a server on which Workers listen by its descriptor: it has
// been let go of, and its number stays taken.
void CloseThoseOfWorkers(uv_loop_t* loop) {
  if (workers::DescriptorsOfParent().empty()) return;
  std::set<int> taken;
  ForEachHandle(loop, [&taken](uv_handle_t* handle) {
    uv_os_fd_t fd;
    if (uv_fileno(handle, &fd) == 0) taken.insert(fd);
  });
  for (int fd : workers::DescriptorsOfParent()) {
    if (taken.count(fd) == 0) Close(fd);
  }
}

}  // namespace

int LeaveHandlesToParent(uv_loop_t* loop) {
  Leaving leaving(loop);
  ForEachHandle(loop, [&](uv_handle_t* handle) { leaving.Leave(handle); });
  CloseThoseOfWorkers(loop);
  return leaving.error();
}

int LeaveStreamToParent(uv_loop_t* loop, int fd) {
  Leaving leaving(loop);
  ForEachHandle(loop, [&](uv_handle_t* handle) {
    if (handle->type != UV_TCP && handle->type != UV_NAMED_PIPE) return;
    auto* stream = reinterpret_cast<uv_stream_t*>(handle);
    if (stream->io_watcher.fd == fd && !uv_is_closing(handle)) leaving.LeaveStream(stream);
  });
  return leaving.error();
}

const sockaddr_storage* AddressLeftToParent(int fd) {
  auto found = AddressesLeft().find(fd);
  return found == AddressesLeft().end() ? nullptr : &found->second;
}

}  // namespace just_fork
