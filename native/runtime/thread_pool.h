// libuv's thread pool at a fork. Requests in flight would be lost in the child and yet be counted there, so
// its loop would never end; and a pool thread that is inside a request can hold any lock. So a fork waits
// until all that was queued has been done and posted to the loop, and every pool thread sits in a job of
// ours.
#pragma once

#include <uv.h>

#include "os/deadline.h"

namespace just_fork {
namespace thread_pool {

// At load, on the main thread.
void Install(uv_loop_t* loop);

// Before fork. True: the pool is quiet. A loop without requests in flight costs nothing here, unless the pool
// may be `shared` with the loops of Workers, whose requests are not seen from here.
bool Park(uv_loop_t* loop, bool shared, const Deadline& deadline);

// After it, in the parent (also when Park or a later step failed), and in the child.
void ReleaseInParent();
void ForgetInChild(uv_loop_t* loop);

// At the end of a child: returns when all that the loop has queued is done, as Node's own end does.
void Finish(uv_loop_t* loop);

}  // namespace thread_pool
}  // namespace just_fork
