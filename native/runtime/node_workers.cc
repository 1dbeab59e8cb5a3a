#include "runtime/node_workers.h"

#include <vector>

#include "runtime/idle_threads.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace node_workers {
namespace {

// Each worker answers once, and stays inside until all have: only then was everything before them done by
// somebody who is now here. Nobody stays longer than a second, since Node joins these threads when it exits.
//
// Memory comes and goes on the main thread alone: glibc gives a thread that takes or frees some an arena of
// its own, and each fork from then on writes to all arenas, in both processes.
class RollCall {
 public:
  explicit RollCall(unsigned expected) : expected_(expected) { present_.reserve(expected); }
  ~RollCall() {
    for (void* task : tasks_) ::operator delete(task);
  }

  void Start();

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
  std::vector<void*> tasks_;
  unsigned expected_;
  unsigned left_ = 0;
  bool complete_ = false;
};

// The worker that deletes it frees nothing.
class RollCallTask : public v8::Task {
 public:
  explicit RollCallTask(RollCall* call) : call_(call) {}
  void Run() override { call_->Answer(); }

  static void* operator new(size_t size) { return ::operator new(size); }
  static void operator delete(void*) {}

 private:
  RollCall* call_;
};

node::MultiIsolatePlatform* platform;
unsigned worker_count;
std::vector<IdleThread>* idle_workers = new std::vector<IdleThread>;
RollCall* call = nullptr;
RollCall* last = nullptr;

void RollCall::Start() {
  for (unsigned i = 0; i < expected_; i++) {
    auto task = std::make_unique<RollCallTask>(this);
    tasks_.push_back(task.get());
    PostThrough(symbols::Platform().post, platform, std::move(task));
  }
}

// One that has failed stays: a worker may still come to it.
void StartRollCall() {
  call = new RollCall(worker_count);
  call->Start();
}

// Who has answered this one has done with the one before. With this one a worker may still be busy: Node's
// deletes its task last, and a lock that it sleeps on may come before that.
void EndRollCall() {
  delete last;
  last = call;
  call = nullptr;
}

}  // namespace

void Retire(node::MultiIsolatePlatform* on, unsigned count) {
  platform = on;
  worker_count = count;
  if (count > 0) StartRollCall();
}

bool Idle(const Deadline& deadline) {
  if (worker_count == 0) return true;
  if (call == nullptr) {
    if (HaveSlept(*idle_workers)) return true;
    StartRollCall();
  }
  if (call->Failed()) StartRollCall();
  if (!call->Await(deadline, idle_workers)) return false;
  // A thread that has left the roll-call still has to delete its task and to go to sleep on Node's queue.
  if (!FallAsleep(idle_workers, deadline)) return false;
  EndRollCall();
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
