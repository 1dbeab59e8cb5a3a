// V8 does its longer background work (marking, sweeping, WebAssembly) in jobs, which ask at short intervals
// whether they are to make room. While a fork waits for them the answer is yes, and what is left of the job
// is queued: it goes on after the fork, in the parent and in the child. Without this, a fork waits until V8
// has marked the whole heap: with some gigabytes for longer than a second, and then it is refused.
#pragma once

#include <memory>

#include "runtime/v8_abi.h"

namespace just_fork {
namespace jobs {

// What Node's platform makes of a job task: a handle, which V8 holds.
using Create = std::unique_ptr<v8::JobHandle> (*)(node::MultiIsolatePlatform*, v8::TaskPriority,
                                                  std::unique_ptr<v8::JobTask>);
using CreateWithLocation = std::unique_ptr<v8::JobHandle> (*)(node::MultiIsolatePlatform*, v8::TaskPriority,
                                                              std::unique_ptr<v8::JobTask>,
                                                              const v8::SourceLocation&);

// In their place: the same, and the job makes room for a fork.
std::unique_ptr<v8::JobHandle> CreateYielding(node::MultiIsolatePlatform* platform, v8::TaskPriority priority,
                                              std::unique_ptr<v8::JobTask> task);
std::unique_ptr<v8::JobHandle> CreateYieldingWithLocation(node::MultiIsolatePlatform* platform,
                                                          v8::TaskPriority priority,
                                                          std::unique_ptr<v8::JobTask> task,
                                                          const v8::SourceLocation& location);

}  // namespace jobs
}  // namespace just_fork
