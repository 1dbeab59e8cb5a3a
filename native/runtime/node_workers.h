// Node's own platform workers. From the moment the executor is installed nothing new comes to them, but they
// may still be busy with what they had, and a delayed task that V8 posted earlier can wake one much later.
// A fork must find them idle, where they hold nothing.
#pragma once

#include "runtime/executor.h"

namespace just_fork {
namespace node_workers {

// Starts the roll-call: one task for each of `count` workers, behind all that is queued.
void Retire(node::MultiIsolatePlatform* platform, unsigned count);

// True: no worker is inside a task. Costs one clock reading a worker, unless one has run since the last time.
bool Idle(const Deadline& deadline);

// In the child they do not exist.
void ForgetInChild();

// Calls NodePlatform's posting method at `function`, in the form that this Node version has.
void PostThrough(void* function, node::MultiIsolatePlatform* platform, Executor::OwnedTask task);

}  // namespace node_workers
}  // namespace just_fork
