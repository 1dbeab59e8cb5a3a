// Runs V8's background tasks (concurrent marking, sweeping, optimised compilation, WebAssembly) in place of
// Node's own platform workers, because these cannot be carried over a fork and ours can: at a fork no task
// is half done, and the child starts fresh threads on a copy of the queue.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "os/deadline.h"
#include "os/os.h"
#include "runtime/lock.h"
#include "runtime/v8_abi.h"

namespace just_fork {

class Executor {
 public:
  using OwnedTask = std::unique_ptr<v8::Task>;

  // `urgent_only`: Drain waits for user-blocking tasks alone.
  Executor(unsigned max_threads, bool urgent_only) : max_threads_(max_threads), urgent_only_(urgent_only) {
    running_.reserve(max_threads + 1);  // the main thread may run one, too
  }

  // From any thread. Threads are started as tasks come, up to the maximum.
  void Post(v8::TaskPriority priority, OwnedTask task);
  void PostDelayed(v8::TaskPriority priority, OwnedTask task, double seconds);

  // Whether what runs is to make room, for a fork or for the process's end. From any thread.
  bool WantsRoom() const { return wants_room_; }

  // Nothing runs, and nothing is to.
  bool IsIdle();
  bool AwaitIdle(const Deadline& deadline);  // false: it is not, in time

  // False: none could be started for what was posted.
  bool HasThreads();

  // One wait for the outstanding tasks, of a millisecond at the most. True: there are none.
  bool WaitUntilDrained();

  // Before fork: no task starts any more, and none runs when this returns true. False: one did not end in
  // time (it may be waiting for the main thread), and tasks start again. After true the lock is held, so that
  // the queue that the child inherits is whole. `empty`: all that is queued is done before.
  bool Pause(const Deadline& deadline, bool empty);
  void ResumeInParent();
  void RenewInChild();

  // At the process's end, in a process that was not forked: no task runs after this one returns. It takes as
  // long as those that do; but what waits for the main thread is left waiting.
  void Stop();

 private:
  struct Entry {
    v8::TaskPriority priority;
    OwnedTask task;
  };
  static constexpr int kPriorities = 3;

  static void ThreadMain(void* self);
  void Work();
  void Enqueue(v8::TaskPriority priority, OwnedTask task);
  void PromoteDue();
  bool Take(Entry* entry);
  void Run(Entry* entry, ThreadId thread);  // the caller; with the lock held before and after, not meanwhile
  void EnsureThread();
  void AwaitRunning(const Deadline& deadline);
  size_t Queued() const;
  bool Counts(v8::TaskPriority priority) const {
    return !urgent_only_ || priority == v8::TaskPriority::kUserBlocking;
  }

  const unsigned max_threads_;
  const bool urgent_only_;
  Lock lock_;
  Condition work_;   // something to run, or a reason to look again
  Condition quiet_;  // the last running task, or the last outstanding one, has ended
  std::deque<OwnedTask> queues_[kPriorities];
  std::multimap<uint64_t, Entry> delayed_;  // by the time when it is due, as uv_hrtime has it
  unsigned threads_ = 0;
  unsigned idle_ = 0;
  std::vector<ThreadId> running_;  // a task each
  unsigned outstanding_ = 0;       // queued or running, of those that Drain waits for
  bool paused_ = false;
  bool stopping_ = false;
  std::atomic<bool> wants_room_{false};
};

}  // namespace just_fork
