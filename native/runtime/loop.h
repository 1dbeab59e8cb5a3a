// The event loop over a fork.
#pragma once

#include <uv.h>

namespace just_fork {
namespace loop {

// uv_walk takes each handle out of the list and puts it back: a write, and so a page to copy, for each of
// them in every child. `each` may close none, so the list can be read as it is; libuv's own handles are in
// it.
void ForEachHandle(uv_loop_t* loop, void (*each)(uv_handle_t*, void*), void* arg);

// Before fork: no pool thread is inside a completion of this loop (uv_loop_fork does not renew this lock).
void Lock(uv_loop_t* loop);
void UnlockInParent(uv_loop_t* loop);

// Whether a child could open its own in place of the loop's descriptors: RLIMIT_NOFILE may have been lowered
// since.
bool IsUnderLimit(uv_loop_t* loop);

// In the child: a kernel poll set, wake-up and signal pipe of its own; what was announced to the parent's
// loop and not yet served is announced here, too. 0 or -errno.
int RenewInChild(uv_loop_t* loop);

// Whether the stream at `fd` has written less than it was told to.
bool HasQueuedWrites(uv_loop_t* loop, int fd);

// In the child: the writes that the stream at `fd` has queued complete without writing. True: there were
// some.
bool DropQueuedWrites(uv_loop_t* loop, int fd);

// In the child: thread-pool requests of the parent that are done are never called back here.
void DropCompletions(uv_loop_t* loop);

// In the child, before its loop has turned: the parent's sockets, pipes, watches of files and polled
// descriptors report nothing here, keep nothing alive, and sockets and pipes are not held open. Descriptors 0
// to 2 and terminals stay, to be written to. 0 or -errno.
int LeaveHandlesToParent(uv_loop_t* loop);

}  // namespace loop
}  // namespace just_fork
