#include "runtime/jobs.h"

#include <atomic>
#include <cstdint>
#include <utility>

#include "runtime/lock.h"
#include "runtime/platform.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace jobs {
namespace {

// From what is left of a job to its handle, for as long as V8 may want more of it.
struct Link {
  Lock lock;
  v8::JobHandle* handle = nullptr;
};

// Queued behind a worker that has made room: calls workers for the job again.
class GoOn : public v8::Task {
 public:
  explicit GoOn(std::shared_ptr<Link> link) : link_(std::move(link)) {}
  void Run() override {
    ScopedLock held(&link_->lock);
    if (link_->handle != nullptr) link_->handle->NotifyConcurrencyIncrease();
  }

 private:
  std::shared_ptr<Link> link_;
};

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

// A number, since a later job may have the address of one that is over. 0: none.
thread_local uint64_t left_by_this_thread = 0;

class YieldingTask : public v8::JobTask {
 public:
  YieldingTask(std::unique_ptr<v8::JobTask> task, std::shared_ptr<Link> link)
      : task_(std::move(task)), link_(std::move(link)) {}

  void Run(v8::JobDelegate* delegate) override {
    Delegate ours(delegate);
    task_->Run(&ours);
    if (!ours.makes_room()) return;
    left_by_this_thread = number_;
    platform::executor().PostBehind(std::make_unique<GoOn>(link_));
  }

  // A worker that comes back from Run asks whether there is more for it to do, and would at once begin again.
  // Whoever else asks is told the truth: the thread that joins the job above all, which would take it for
  // done.
  size_t GetMaxConcurrency(size_t worker_count) const override {
    if (left_by_this_thread == number_) {
      left_by_this_thread = 0;
      return 0;
    }
    return task_->GetMaxConcurrency(worker_count);
  }

 private:
  static uint64_t NextNumber() {
    static std::atomic<uint64_t> last{0};
    return ++last;
  }

  std::unique_ptr<v8::JobTask> task_;
  std::shared_ptr<Link> link_;
  const uint64_t number_ = NextNumber();
};

// V8's handle. No worker is called for a job any more that V8 joins or cancels.
class Handle : public v8::JobHandle {
 public:
  Handle(std::unique_ptr<v8::JobHandle> handle, std::shared_ptr<Link> link)
      : handle_(std::move(handle)), link_(std::move(link)) {
    SetLink(handle_.get());
  }
  ~Handle() override { SetLink(nullptr); }

  void NotifyConcurrencyIncrease() override { handle_->NotifyConcurrencyIncrease(); }
  void Join() override {
    SetLink(nullptr);
    handle_->Join();
  }
  void Cancel() override {
    SetLink(nullptr);
    handle_->Cancel();
  }
  void CancelAndDetach() override {
    SetLink(nullptr);
    handle_->CancelAndDetach();
  }
  bool IsActive() override { return handle_->IsActive(); }
  bool IsValid() override { return handle_->IsValid(); }
  bool UpdatePriorityEnabled() const override { return handle_->UpdatePriorityEnabled(); }
  void UpdatePriority(v8::TaskPriority priority) override { handle_->UpdatePriority(priority); }

 private:
  void SetLink(v8::JobHandle* handle) {
    ScopedLock held(&link_->lock);
    link_->handle = handle;
  }

  std::unique_ptr<v8::JobHandle> handle_;
  std::shared_ptr<Link> link_;
};

template <typename Function, typename... Location>
std::unique_ptr<v8::JobHandle> Yielding(Function create, node::MultiIsolatePlatform* platform,
                                        v8::TaskPriority priority, std::unique_ptr<v8::JobTask> task,
                                        const Location&... location) {
  auto link = std::make_shared<Link>();
  auto ours = std::make_unique<YieldingTask>(std::move(task), link);
  return std::make_unique<Handle>(create(platform, priority, std::move(ours), location...), link);
}

}  // namespace

std::unique_ptr<v8::JobHandle> CreateYielding(node::MultiIsolatePlatform* platform, v8::TaskPriority priority,
                                              std::unique_ptr<v8::JobTask> task) {
  auto create = reinterpret_cast<Create>(symbols::Platform().create_job);
  return Yielding(create, platform, priority, std::move(task));
}

std::unique_ptr<v8::JobHandle> CreateYieldingWithLocation(node::MultiIsolatePlatform* platform,
                                                          v8::TaskPriority priority,
                                                          std::unique_ptr<v8::JobTask> task,
                                                          const v8::SourceLocation& location) {
  auto create = reinterpret_cast<CreateWithLocation>(symbols::Platform().create_job);
  return Yielding(create, platform, priority, std::move(task), location);
}

}  // namespace jobs
}  // namespace just_fork
