// V8 does its longer background work (marking, sweeping, WebAssembly) in jobs, which ask at short intervals
// whether they are to make room. While a fork waits for them the answer is yes, and what is left of the job
// goes on after the fork, in the parent and in the child. Without this, a fork waits until V8 has marked the
// whole heap: with some gigabytes for longer than a second, and then it is refused.
#pragma once

#include <memory>

#include "runtime/v8_abi.h"

namespace just_fork {
namespace jobs {

// Node's number of workers is the most that a job has at a time. A worker that makes room needs one more than
// can run on our threads, or its successor would not be queued; 32 is V8's own limit for a job.
constexpr bool CanYield(int node_workers, unsigned threads) {
  return node_workers <= 32 && threads < static_cast<unsigned>(node_workers);
}

// On each thread that is to work at jobs: the C library allocates the thread's copy of what we keep for it at
// the first use, and that would be under the lock of a job.
void PrepareThread();

// In place of node::NodePlatform::CreateJob, or CreateJobImpl where posts have a priority: the same, of a job
// that makes room.
std::unique_ptr<v8::JobHandle> Create(node::MultiIsolatePlatform* platform, v8::TaskPriority priority,
                                      std::unique_ptr<v8::JobTask> task);
std::unique_ptr<v8::JobHandle> CreateWithLocation(node::MultiIsolatePlatform* platform,
                                                  v8::TaskPriority priority,
                                                  std::unique_ptr<v8::JobTask> task,
                                                  const v8::SourceLocation& location);

}  // namespace jobs
}  // namespace just_fork
