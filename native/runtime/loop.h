// The event loop over a fork.
#pragma once

#include <uv.h>

namespace just_fork {
namespace loop {

// Before fork: no pool thread is inside a completion of this loop (uv_loop_fork does not renew this lock).
void Lock(uv_loop_t* loop);
void UnlockInParent(uv_loop_t* loop);

// Whether a child could open its own in place of the loop's descriptors: RLIMIT_NOFILE may have been lowered
// since.
bool IsUnderLimit(uv_loop_t* loop);

// In the child: a kernel poll set, wake-up and signal pipe of its own; what was announced to the parent's
// loop and not yet served is announced here, too. `heir`: the parent ends at once, and what is its own to
// remove is the child's. 0 or -errno.
int RenewInChild(uv_loop_t* loop, bool heir);

// In the child: thread-pool requests of the parent that are done are never called back here.
void DropCompletions(uv_loop_t* loop);

}  // namespace loop
}  // namespace just_fork
