// The one way in which this library forks.
#pragma once

#include <sys/types.h>
#include <uv.h>

#include <cstdint>
#include <string>
#include <vector>

namespace just_fork {

// Threads, handlers and tables will point into this library: it stays mapped, whoever closes it.
void StayLoaded();

// Readies this process for forking; on its main thread, with a handle scope open. May be called again.
void InstallRuntime(uv_loop_t* loop);

// What a fork lacks here; empty: nothing.
const std::vector<std::string>& MissingForFork();

// Of Worker threads known here (workers.h) a child has none.
enum class WithWorkers {
  kNone,     // there are none
  kStopped,  // all have to come to a stop
  kRisked,   // if they do so in a moment; and there may be others
};

// The child's pid in the parent, 0 in the child, or -errno with nothing changed. -EBUSY: background work did
// not end, or a Worker not stop, within the time; the caller goes back to JavaScript for a moment and tries
// again. `heir`: see loop.h. `newest`: the address of the last object that JavaScript has made.
int Fork(uv_loop_t* loop, WithWorkers with, bool heir, int64_t nanoseconds, uintptr_t newest);

// Whether Workers can be stopped in this runtime.
bool StopsWorkers();

// See workers.h.
void EndWorkersInChild();

// Whether this process came out of Fork, or is below one that did.
bool IsForkedChild();

}  // namespace just_fork
