// The streams of the event loop, by their descriptors: what libuv has no call for. `fd` may be that of none.
#pragma once

#include <uv.h>

namespace just_fork {
namespace streams {

bool Has(uv_loop_t* loop, int fd);

// It has written less than it was told to, or has not called back for all that it has written.
bool HasUnfinishedWrites(uv_loop_t* loop, int fd);

// Their callbacks are called, and may begin other writes. Before that they are written to their end, which
// may block; or, not `really`, they are forgotten: those of a child are its parent's.
void FinishWrites(uv_loop_t* loop, int fd, bool really);

// A file that the kernel refuses to poll has taken the place of the stream's. libuv would abort (uv__io_poll
// of src/unix/linux.c): so it reads no more, and what it has queued is written at the loop's next turn.
void StopPolling(uv_loop_t* loop, int fd);

// Before another file takes the place of a stream's: the loop's poll set has the old one under that number
// for as long as any copy of it is open, and would tell of it. A stream that reads goes on to read; false:
// this one does not.
bool PollAnew(uv_loop_t* loop, int fd);

}  // namespace streams
}  // namespace just_fork
