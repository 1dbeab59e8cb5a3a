#include "runtime/node_workers.h"

#include <vector>

#include "runtime/idle_threads.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace node_workers {
namespace {

// Each worker answers once, and stays inside until all have: only then was everything before them done by
// somebody who is now here. Nobody stays longer than a second, since Node joins these threads when it exits.
class RollCall {
 public:
  explicit RollCall(unsigned expected) : expected_(expected) {}

  void Answer() {
    ScopedLock held(&lock_);
    present_.push_back({CurrentThread(), 0});
    if (present_.size() == expected_) {
      complete_ = true;
      changed_.Broadcast();
    }
    Deadline patience(1000000000);
    while (!complete_ && !patience.Passed()) changed_.WaitFor(&lock_, patience.Left());
    left_++;
    changed_.Broadcast();
  }

  // True once all have answered; `workers` are then on their way back to Node's queue, to sleep.
  bool Await(const Deadline& deadline, std::vector<IdleThread>* workers) {
    ScopedLock held(&lock_);
    while (!(complete_ && left_ == expected_) && !deadline.Passed()) {
      changed_.WaitFor(&lock_, deadline.Left());
    }
    if (complete_ && left_ == expected_) *workers = present_;
    return complete_ && left_ == expected_;
  }

  bool Failed() {
    ScopedLock held(&lock_);
    return !complete_ && left_ > 0;
  }

 private:
  Lock lock_;
  Condition changed_;
  std::vector<IdleThread> present_;
  unsigned expected_;
  unsigned left_ = 0;
  bool complete_ = false;
};

class RollCallTask : public v8::Task {
 public:
  explicit RollCallTask(std::shared_ptr<RollCall> call) : call_(std::move(call)) {}
  void Run() override { call_->Answer(); }

 private:
  std::shared_ptr<RollCall> call_;
};

node::MultiIsolatePlatform* platform;
unsigned worker_count;
std::vector<IdleThread>* idle_workers = new std::vector<IdleThread>;
std::shared_ptr<RollCall>* call = new std::shared_ptr<RollCall>;

void StartRollCall() {
  call->reset(new RollCall(worker_count));
  for (unsigned i = 0; i < worker_count; i++) {
    PostThrough(symbols::Platform().post, platform, std::make_unique<RollCallTask>(*call));
  }
}

}  // namespace

void Retire(node::MultiIsolatePlatform* on, unsigned count) {
  platform = on;
  worker_count = count;
  if (count > 0) StartRollCall();
}

bool Idle(const Deadline& deadline) {
  if (worker_count == 0) return true;
  if (*call == nullptr) {
    if (HaveSlept(*idle_workers)) return true;
    StartRollCall();
  }
  if ((*call)->Failed()) StartRollCall();
  if (!(*call)->Await(deadline, idle_workers)) return false;
  // A thread that has left the roll-call still has to delete its task and to go to sleep on Node's queue.
  if (!FallAsleep(idle_workers, deadline)) return false;
  call->reset();
  return true;
}

void ForgetInChild() { worker_count = 0; }

void PostThrough(void* function, node::MultiIsolatePlatform* on, Executor::OwnedTask task) {
  if (symbols::Platform().with_priority) {
    using PostFunction = void (*)(node::MultiIsolatePlatform*, v8::TaskPriority, Executor::OwnedTask,
                                  const v8::SourceLocation&);
    static const v8::SourceLocation nowhere = {"just-fork", __FILE__, 0};
    reinterpret_cast<PostFunction>(function)(on, v8::TaskPriority::kBestEffort, std::move(task), nowhere);
  } else {
    using PostFunction = void (*)(node::MultiIsolatePlatform*, Executor::OwnedTask);
    reinterpret_cast<PostFunction>(function)(on, std::move(task));
  }
}

}  // namespace node_workers
}  // namespace just_fork
