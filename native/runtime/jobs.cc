#include "runtime/jobs.h"

#include <utility>

#include "runtime/platform.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace jobs {
namespace {

// What the job asks. After a yes it asks no more.
class Delegate : public v8::JobDelegate {
 public:
  explicit Delegate(v8::JobDelegate* delegate) : delegate_(delegate) {}

  bool ShouldYield() override {
    if (delegate_->ShouldYield()) return true;
    // Who joins the job waits for its end, and does what is left by itself.
    makes_room_ = !delegate_->IsJoiningThread() && platform::executor().WantsRoom();
    return makes_room_;
  }
  void NotifyConcurrencyIncrease() override { delegate_->NotifyConcurrencyIncrease(); }
  uint8_t GetTaskId() override { return delegate_->GetTaskId(); }
  bool IsJoiningThread() const override { return delegate_->IsJoiningThread(); }

  bool makes_room() const { return makes_room_; }

 private:
  v8::JobDelegate* delegate_;
  bool makes_room_ = false;
};

// What a worker that makes room says, in place of the job, of how many workers there is work for. Whoever
// else asks is told the truth: the thread that joins the job above all, which would take it for done.
enum class Says { kTruth, kMany, kNone };
thread_local Says this_thread_says = Says::kTruth;

class YieldingTask : public v8::JobTask {
 public:
  explicit YieldingTask(std::unique_ptr<v8::JobTask> task) : task_(std::move(task)) {}

  void Run(v8::JobDelegate* delegate) override {
    Delegate ours(delegate);
    task_->Run(&ours);
    if (!ours.makes_room()) return;
    // A successor is queued: the executor starts it after the fork.
    this_thread_says = Says::kMany;
    delegate->NotifyConcurrencyIncrease();
    // And the worker, which asks next whether it is to run again, ends.
    this_thread_says = Says::kNone;
  }

  size_t GetMaxConcurrency(size_t worker_count) const override {
    if (this_thread_says == Says::kMany) return SIZE_MAX;
    if (this_thread_says == Says::kNone) {
      this_thread_says = Says::kTruth;
      return 0;
    }
    return task_->GetMaxConcurrency(worker_count);
  }

 private:
  std::unique_ptr<v8::JobTask> task_;
};

}  // namespace

void PrepareThread() { this_thread_says = Says::kTruth; }

std::unique_ptr<v8::JobHandle> Create(node::MultiIsolatePlatform* platform, v8::TaskPriority priority,
                                      std::unique_ptr<v8::JobTask> task) {
  PrepareThread();
  auto create = reinterpret_cast<decltype(&Create)>(symbols::Platform().create_job);
  return create(platform, priority, std::make_unique<YieldingTask>(std::move(task)));
}

std::unique_ptr<v8::JobHandle> CreateWithLocation(node::MultiIsolatePlatform* platform,
                                                  v8::TaskPriority priority,
                                                  std::unique_ptr<v8::JobTask> task,
                                                  const v8::SourceLocation& location) {
  PrepareThread();
  auto create = reinterpret_cast<decltype(&CreateWithLocation)>(symbols::Platform().create_job);
  return create(platform, priority, std::make_unique<YieldingTask>(std::move(task)), location);
}

}  // namespace jobs
}  // namespace just_fork
