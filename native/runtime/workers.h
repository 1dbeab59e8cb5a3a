// Worker threads at a fork. The child has none of them, and would wait for ever for a lock that one of them
// holds at that moment. So each is brought to a place where it holds none: in its JavaScript, where V8 looks
// for interrupts, or between two callbacks of its event loop.
#pragma once

#include <uv.h>

#include <vector>

#include "os/deadline.h"
#include "runtime/v8_abi.h"

namespace just_fork {
namespace workers {

// Once. False: Workers cannot be stopped here.
bool Install();

// What Node calls on a Worker's thread when its isolate is new, and before it goes; in place of its own.
void Register(node::MultiIsolatePlatform* platform, v8::Isolate* isolate, uv_loop_t* loop);
void Unregister(node::MultiIsolatePlatform* platform, v8::Isolate* isolate);

struct Counts {
  unsigned known;            // that run, from isolate to isolate's end
  unsigned ended;            // since this was loaded
  unsigned strangers_ended;  // of those, which had begun before
};
Counts Count();

// Before fork. True: all stay where they are, and a new one comes no further than its isolate. False: some do
// not come to such a place in time (one may be in a long call), and all go on.
bool Stop(const Deadline& deadline);

// After it, in the parent (also when Stop or a later step failed), and in the child.
void ReleaseInParent();
void ForgetInChild();

// In a child, with all signals blocked: stops the handles for signals of every loop but this one, also of
// Workers that are not known here. They are on stacks that new threads get.
void CutOffStrangers(uv_loop_t* loop);

// In a child of a process whose Workers were all stopped, with a handle scope open: Node takes them for
// ended. It would ask each of them for its part of a report, and wait for that. Calls the `onexit` of each,
// in which WasOver says whether it was over at the fork.
void EndInChild(node::Environment* environment);
bool WasOver();

// In a child, the sockets and pipes that the loops of its parent's Workers had, and that nobody uses there.
const std::vector<int>& DescriptorsOfParent();

}  // namespace workers
}  // namespace just_fork
