#include "runtime/executor.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <utility>

#include "runtime/idle_threads.h"
#include "runtime/jobs.h"

namespace just_fork {

namespace {
constexpr int64_t kPatience = 10'000'000;  // ns, before V8's jobs are asked for room
}

void Executor::Post(v8::TaskPriority priority, OwnedTask task) {
  ScopedLock held(&lock_);
  Enqueue(priority, std::move(task));
  EnsureThread();
  work_.Signal();
}

void Executor::PostDelayed(v8::TaskPriority priority, OwnedTask task, double seconds) {
  ScopedLock held(&lock_);
  uint64_t delay = seconds > 0 ? static_cast<uint64_t>(seconds * 1e9) : 0;
  delayed_.emplace(uv_hrtime() + delay, Entry{priority, std::move(task)});
  EnsureThread();
  work_.Broadcast();  // an idle thread may have to wake earlier than it meant to
}

bool Executor::IsIdle() {
  ScopedLock held(&lock_);
  return Queued() == 0 && running_.empty();
}

bool Executor::AwaitIdle(const Deadline& deadline) {
  ScopedLock held(&lock_);
  while (Queued() + running_.size() > 0) {
    if (deadline.Passed()) return false;
    quiet_.WaitFor(&lock_, deadline.Left());
  }
  return true;
}

bool Executor::HasThreads() {
  ScopedLock held(&lock_);
  return threads_ > 0;
}

bool Executor::WaitUntilDrained() {
  ScopedLock held(&lock_);
  EnsureThread();
  // A process at its limit of threads has none here. Its tasks get done all the same, also those that nobody
  // waits for by name: cppgc's incremental sweep comes back to the main thread for as long as a concurrent
  // one has not run.
  Entry entry;
  if (threads_ == 0 && Take(&entry)) {
    Run(&entry, CurrentThread());
  } else if (outstanding_ > 0) {
    quiet_.WaitFor(&lock_, 1000000);
  }
  return outstanding_ == 0;
}

bool Executor::Pause(const Deadline& deadline, bool empty) {
  lock_.Acquire();
  while (empty && Queued() + running_.size() > 0) {
    if (deadline.Passed()) {
      lock_.Release();
      return false;
    }
    quiet_.WaitFor(&lock_, deadline.Left());
  }
  paused_ = true;
  // Most work is done in a moment. What is left of a job would be done by both processes after the fork.
  int64_t left = deadline.Left();
  AwaitRunning(Deadline(left < 0 ? kPatience : std::min(left, kPatience)));
  wants_room_ = !running_.empty();
  AwaitRunning(deadline);
  if (running_.empty()) return true;
  ResumeInParent();
  return false;
}

void Executor::AwaitRunning(const Deadline& deadline) {
  while (!running_.empty() && !deadline.Passed()) quiet_.WaitFor(&lock_, deadline.Left());
}

void Executor::ResumeInParent() {
  paused_ = wants_room_ = false;
  if (Queued() > 0 || !delayed_.empty()) work_.Broadcast();
  lock_.Release();
}

void Executor::RenewInChild() {
  lock_.Renew();
  work_.Renew();
  quiet_.Renew();
  paused_ = wants_room_ = false;
  threads_ = idle_ = 0;
  running_.clear();
  // A task that was queued at fork may be one that the main thread is going to wait for, without a further
  // post that would start a thread. A child with an empty queue pays nothing here.
  ScopedLock held(&lock_);
  EnsureThread();
}

// Node waits for its own workers in the same way, but also for one that waits for the main thread (a
// collection, say), which has come to the process's end and serves nobody any more: that is for ever
// (nodejs/node#54918). Such a thread sleeps, and has not run for a second.
void Executor::Stop() {
  ScopedLock held(&lock_);
  stopping_ = wants_room_ = true;
  work_.Broadcast();
  std::vector<IdleThread> seen;
  while (!running_.empty()) {
    // None has begun a task since, so as many are the same.
    if (seen.size() == running_.size() && HaveSlept(seen) && AreAsleep(seen)) return;
    seen.clear();
    for (ThreadId thread : running_) seen.push_back({thread, CpuTimeOf(thread)});
    AwaitRunning(Deadline(1'000'000'000));
  }
}

void Executor::Enqueue(v8::TaskPriority priority, OwnedTask task) {
  int index = static_cast<int>(priority);
  queues_[index < 0 || index >= kPriorities ? kPriorities - 1 : index].push_back(std::move(task));
  if (Counts(priority)) outstanding_++;
}

void Executor::PromoteDue() {
  while (!delayed_.empty() && delayed_.begin()->first <= uv_hrtime()) {
    Entry entry = std::move(delayed_.begin()->second);
    delayed_.erase(delayed_.begin());
    Enqueue(entry.priority, std::move(entry.task));
  }
}

size_t Executor::Queued() const {
  size_t queued = 0;
  for (const auto& queue : queues_) queued += queue.size();
  return queued;
}

bool Executor::Take(Entry* entry) {
  if (paused_) return false;
  PromoteDue();
  for (int index = kPriorities - 1; index >= 0; index--) {
    if (queues_[index].empty()) continue;
    entry->priority = static_cast<v8::TaskPriority>(index);
    entry->task = std::move(queues_[index].front());
    queues_[index].pop_front();
    return true;
  }
  return false;
}

void Executor::EnsureThread() {
  // A delayed task needs somebody who waits for its time.
  size_t wanted = Queued() + (delayed_.empty() ? 0 : 1);
  if (wanted <= idle_ || threads_ >= max_threads_ || stopping_) return;
  // These threads are V8's; signals for the process are for the threads that libuv and the user know of.
  // Not even a fault's: sigprocmask is to hold for all signals, and a fault of such a thread ends the process
  // anyway.
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  uv_thread_t thread;
  if (uv_thread_create(&thread, ThreadMain, this) == 0) {
    pthread_detach(thread);
    threads_++;
  }
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
}

void Executor::ThreadMain(void* self) { static_cast<Executor*>(self)->Work(); }

void Executor::Work() {
  jobs::PrepareThread();
  const ThreadId thread = CurrentThread();
  ScopedLock held(&lock_);
  while (!stopping_) {
    Entry entry;
    if (!Take(&entry)) {
      idle_++;
      if (delayed_.empty() || paused_) {
        work_.Wait(&lock_);
      } else {
        uint64_t now = uv_hrtime();
        uint64_t due = delayed_.begin()->first;
        if (due > now) work_.WaitFor(&lock_, due - now);
      }
      idle_--;
      continue;
    }
    Run(&entry, thread);
  }
}

void Executor::Run(Entry* entry, ThreadId thread) {
  running_.push_back(thread);
  lock_.Release();
  entry->task->Run();
  entry->task.reset();
  lock_.Acquire();
  running_.erase(std::find(running_.begin(), running_.end(), thread));
  if (Counts(entry->priority)) outstanding_--;
  if (running_.empty() || outstanding_ == 0) quiet_.Broadcast();
}

}  // namespace just_fork
