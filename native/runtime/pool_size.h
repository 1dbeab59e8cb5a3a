// How many threads libuv's pool has. libuv tells nobody; it names its threads since 1.50, and before that the
// size is what the environment said when the pool started.
#pragma once

#include <uv.h>

namespace just_fork {
namespace pool_size {

// At load, on the main thread. Where the threads have no names, a request finds the size out; until it has
// been served, the size is not known.
void Measure(uv_loop_t* loop);
bool IsKnown();

unsigned Get();

// After Get: the environment has changed since the pool started, and nobody knows when; or other threads bear
// the name of the pool's.
bool MayBeLarger();

// Whether there may be threads of it at all.
bool MayHaveBegun();

// The child's pool is a new one.
void ForgetInChild();

}  // namespace pool_size
}  // namespace just_fork
