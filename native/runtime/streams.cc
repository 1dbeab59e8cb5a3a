#include "runtime/streams.h"

#include <cstddef>

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

}  // namespace

bool Has(uv_loop_t* loop, int fd) { return Find(loop, fd) != nullptr; }

bool HasQueuedWrites(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  return stream != nullptr && stream->write_queue_size > 0;
}

bool DropQueuedWrites(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  if (stream == nullptr || stream->write_queue_size == 0) return false;
  // A request stays in the queue, so that its callback comes; only its buffers become empty.
  Link* writes = Link::Of(&stream->write_queue);
  for (Link* link = writes->next; link != writes; link = link->next) {
    auto* write = reinterpret_cast<uv_write_t*>(reinterpret_cast<char*>(link) - offsetof(uv_write_t, queue));
    for (unsigned i = write->write_index; i < write->nbufs; i++) write->bufs[i].len = 0;
  }
  stream->write_queue_size = 0;
  return true;
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

void PollAnew(uv_loop_t* loop, int fd) {
  uv_stream_t* stream = Find(loop, fd);
  if (stream == nullptr) return;
  uv_alloc_cb alloc = stream->alloc_cb;
  uv_read_cb read = uv_is_active(reinterpret_cast<uv_handle_t*>(stream)) ? stream->read_cb : nullptr;
  uv_read_stop(stream);
  LeavePollSet(loop->backend_fd, fd);
  if (read != nullptr) uv_read_start(stream, alloc, read);
}

}  // namespace streams
}  // namespace just_fork
