// The little that we rely on of V8's platform interface (v8-platform.h), the same from V8 11 to 14: a task
// has a destructor and Run, in this order, and is handed over in a unique_ptr; jobs likewise. Declared here,
// and not taken from the headers of one Node version, since one binary serves them all.
#pragma once

#include <cstdint>
#include <memory>

namespace v8 {
class Isolate;
struct SourceLocation {  // only its address is passed on
  const char* function;
  const char* file;
  size_t line;
};
enum class TaskPriority : uint8_t { kBestEffort, kUserVisible, kUserBlocking };
class Task {
 public:
  virtual ~Task() = default;
  virtual void Run() = 0;
};
class JobDelegate {
 public:
  virtual bool ShouldYield() = 0;
  virtual void NotifyConcurrencyIncrease() = 0;
  virtual uint8_t GetTaskId() = 0;
  virtual bool IsJoiningThread() const = 0;
};
class JobTask {
 public:
  virtual ~JobTask() = default;
  virtual void Run(JobDelegate* delegate) = 0;
  virtual size_t GetMaxConcurrency(size_t worker_count) const = 0;
};
class JobHandle {
 public:
  virtual ~JobHandle() = default;
  virtual void NotifyConcurrencyIncrease() = 0;
  virtual void Join() = 0;
  virtual void Cancel() = 0;
  virtual void CancelAndDetach() = 0;
  virtual bool IsActive() = 0;
  virtual bool IsValid() = 0;
  virtual bool UpdatePriorityEnabled() const = 0;
  virtual void UpdatePriority(TaskPriority priority) = 0;
};
struct HeapSpaceStatistics {  // v8-statistics.h
  const char* name = nullptr;
  size_t size = 0;
  size_t used = 0;
  size_t available = 0;
  size_t physical = 0;
};
}  // namespace v8

namespace node {
class Environment;
class MultiIsolatePlatform;
}  // namespace node
