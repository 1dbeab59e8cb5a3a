#include "runtime/streams.h"

#include <poll.h>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "core/posix.h"
#include "os/os.h"
#include "runtime/uv_internals.h"

namespace just_fork {
namespace streams {
namespace {

uv_stream_t* Find(uv_loop_t* loop, int fd) {
  uv_stream_t* found = nullptr;
  ForEachHandle(loop, [&](uv_handle_t* handle) {
    bool stream = handle->type == UV_NAMED_PIPE || handle->type == UV_TTY || handle->type == UV_TCP;
    uv_os_fd_t its_own;
    if (!stream || uv_is_closing(handle) || uv_fileno(handle, &its_own) != 0 || its_own != fd) return;
    found = reinterpret_cast<uv_stream_t*>(handle);
  });
  return found;
}

// 0 or -errno.
int WriteToTheEnd(int fd, const uv_write_t* write) {
  for (unsigned i = write->write_index; i < write->nbufs; i++) {
    const char* at = write->bufs[i].base;
    const char* end = at + write->bufs[i].len;
    while (at < end) {
      ssize_t count = Write(fd, at, static_cast<size_t>(end - at));
      if (count >= 0) {
        at += count;
      } else if (count == -EAGAIN) {
        pollfd ready = {fd, POLLOUT, 0};
        poll(&ready, 1, -1);
      } else {
        return static_cast<int>(count);
      }
    }
  }
  return 0;
}

}  // namespace

bool Has(uv_loop_t* loop, int fd) { return Find(loop, fd) != nullptr; }

bool HasUnfinishedWrites(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  return stream != nullptr &&
         !(Link::Of(&stream->write_queue)->IsAlone() && Link::Of(&stream->write_completed_queue)->IsAlone());
}

// As uv__write and uv__write_callbacks of src/unix/stream.c would do in turns of the loop.
void FinishWrites(uv_loop_t* loop, int fd, bool really) {
  uv_stream_t* stream = Find(loop, fd);
  if (stream == nullptr) return;
  std::vector<uv_write_t*> writes;
  for (void* queue :
       {static_cast<void*>(&stream->write_completed_queue), static_cast<void*>(&stream->write_queue)}) {
    for (Link* link = Link::Of(queue)->next; link != queue; link = link->next) {
      writes.push_back(
          reinterpret_cast<uv_write_t*>(reinterpret_cast<char*>(link) - offsetof(uv_write_t, queue)));
    }
  }
  int error = 0;
  for (uv_write_t* write : writes) {
    if (error == 0 && really && write->bufs != nullptr) error = WriteToTheEnd(fd, write);
    Link::Of(&write->queue)->TakeOut();
    write->bufs = nullptr;  // a few bytes at most, of a process that has just begun or is about to end
    loop->active_reqs.count--;
  }
  stream->write_queue_size = 0;
  for (uv_write_t* write : writes) write->cb(write, write->error != 0 ? write->error : error);
}

void StopPolling(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  if (stream == nullptr) return;
  uv_read_stop(stream);
  if (Link::Of(&stream->write_queue)->IsAlone()) return;
  // Such a file takes each write at once, so what is queued needs no poll: to the loop it is as if the poll
  // had said so (uv__io_feed of src/unix/core.c), before it polls again.
  uv_stream_set_blocking(stream, 1);  // all of a write, and not a part of it and then a poll
  Link::Of(&stream->io_watcher.watcher_queue)->TakeOut();
  Link* pending = Link::Of(&stream->io_watcher.pending_queue);
  if (pending->IsAlone()) Link::Of(&loop->pending_queue)->Append(pending);
}

bool PollAnew(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  if (stream == nullptr) return false;
  uv_alloc_cb alloc = stream->alloc_cb;
  uv_read_cb read = uv_is_active(reinterpret_cast<uv_handle_t*>(stream)) ? stream->read_cb : nullptr;
  uv_read_stop(stream);
  LeavePollSet(loop->backend_fd, fd);
  if (read != nullptr) uv_read_start(stream, alloc, read);
  return read != nullptr;
}

}  // namespace streams
}  // namespace just_fork
