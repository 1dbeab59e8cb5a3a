#include "runtime/platform.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <vector>

#include "os/os.h"
#include "runtime/jobs.h"
#include "runtime/node_workers.h"
#include "runtime/symbols.h"
#include "runtime/workers.h"

namespace just_fork {
namespace platform {
namespace {

using node::MultiIsolatePlatform;
using OwnedTask = Executor::OwnedTask;

// Node's platform object begins, as every object of a class with virtual functions, with the address of its
// table of functions. We give this one object a copy of the table in which some entries are ours.
using Table = const void* const*;
constexpr size_t kHeader = 2;  // entries: offset to top and type information precede the functions

std::atomic<Executor*> the_executor{nullptr};  // never destroyed: threads use it until the process is gone
Table original_table;
bool sees_workers = false;

Table TableOf(MultiIsolatePlatform* platform) {
  Table table;
  std::memcpy(&table, static_cast<void*>(platform), sizeof table);
  return table;
}

// V8's threads may be calling through it. Who sees the new table sees what is in it.
void SetTable(MultiIsolatePlatform* platform, Table table) {
  __atomic_store_n(reinterpret_cast<Table*>(platform), table, __ATOMIC_RELEASE);
}

}  // namespace

// A thread that already goes through our table may not see yet what was written before that was.
Executor& executor() {
  for (;;) {
    Executor* seen = the_executor.load(std::memory_order_acquire);
    if (seen != nullptr) return *seen;
  }
}

namespace {

// Node 20: CallOnWorkerThread and CallDelayedOnWorkerThread.
void Post(MultiIsolatePlatform*, OwnedTask task) {
  executor().Post(v8::TaskPriority::kUserVisible, std::move(task));
}
void PostDelayed(MultiIsolatePlatform*, OwnedTask task, double seconds) {
  executor().PostDelayed(v8::TaskPriority::kUserVisible, std::move(task), seconds);
}

// Node 22 and later: the same with a priority, and the place in V8 that posts, for tracing.
void PostWithPriority(MultiIsolatePlatform*, v8::TaskPriority priority, OwnedTask task,
                      const v8::SourceLocation&) {
  executor().Post(priority, std::move(task));
}
void PostDelayedWithPriority(MultiIsolatePlatform*, v8::TaskPriority priority, OwnedTask task, double seconds,
                             const v8::SourceLocation&) {
  executor().PostDelayed(priority, std::move(task), seconds);
}

// Node calls this when the event loop is empty, so that work which ends in a promise (WebAssembly
// compilation) ends before the process does. While Node's own version only waits, this one goes on serving
// the main thread's tasks, so that a background task which waits for them cannot hang it (nodejs/node#54918).
void DrainTasks(MultiIsolatePlatform* platform, v8::Isolate* isolate) {
  const auto& symbols = symbols::Platform();
  bool drained, flushed;
  do {
    drained = executor().WaitUntilDrained();
    flushed = symbols.flush_foreground_tasks(platform, isolate);
  } while (!drained || flushed);
}

// V8's tasks must not outlive the platform: Node joins its own workers here.
void Destroy(MultiIsolatePlatform* platform) {
  executor().Stop();
  SetTable(platform, original_table);
  auto destroy = reinterpret_cast<void (*)(MultiIsolatePlatform*)>(symbols::Platform().destroy);
  destroy(platform);
}

class ProbeTask : public v8::Task {
 public:
  explicit ProbeTask(uv_sem_t* arrived) : arrived_(arrived) {}
  void Run() override { uv_sem_post(arrived_); }

 private:
  uv_sem_t* arrived_;
};

bool ProbeArrives(MultiIsolatePlatform* platform, ptrdiff_t post) {
  static uv_sem_t arrived;  // outlives this call, should the probe be late
  uv_sem_init(&arrived, 0);
  void* function = const_cast<void*>(TableOf(platform)[post]);
  node_workers::PostThrough(function, platform, std::make_unique<ProbeTask>(&arrived));
  Deadline deadline(2'000'000'000);
  while (uv_sem_trywait(&arrived) != 0) {
    if (deadline.Passed() || !executor().HasThreads()) return false;
    uv_sleep(0);
  }
  return true;
}

struct Replacement {
  const void* original;
  const void* ours;
};

template <typename Function>
const void* Address(Function* function) {
  return reinterpret_cast<const void*>(function);
}

std::vector<Replacement> Replacements(bool jobs_yield) {
  const auto& symbols = symbols::Platform();
  bool priority = symbols.with_priority;
  std::vector<Replacement> replacements = {
      {symbols.post, priority ? Address(PostWithPriority) : Address(Post)},
      {symbols.post_delayed, priority ? Address(PostDelayedWithPriority) : Address(PostDelayed)},
      {symbols.drain_tasks, Address(DrainTasks)},
      {symbols.destroy, Address(Destroy)},
  };
  if (jobs_yield && symbols.create_job != nullptr) {
    replacements.push_back(
        {symbols.create_job, priority ? Address(jobs::CreateWithLocation) : Address(jobs::Create)});
  }
  if (sees_workers) {
    replacements.push_back({Address(symbols.register_isolate), Address(workers::Register)});
    replacements.push_back({Address(symbols.unregister_isolate), Address(workers::Unregister)});
  }
  return replacements;
}

}  // namespace

bool Install(std::string* problem) {
  const auto& symbols = symbols::Platform();
  MultiIsolatePlatform* platform = symbols::PlatformOf(symbols::CurrentEnvironment());
  if (platform == nullptr) {
    *problem = "this environment has no platform";
    return false;
  }
  Table vtable = static_cast<Table>(symbols.vtable);
  original_table = TableOf(platform);
  if (original_table != vtable + kHeader) {
    *problem = "the V8 platform as Node has made it: most likely another copy of just-fork serves it already";
    return false;
  }
  size_t entries = SizeOfVtable(vtable) / sizeof(void*);
  if (entries <= kHeader || entries > 512) {
    *problem = "the size of node::NodePlatform's table of functions is unknown";
    return false;
  }

  sees_workers = workers::Install();
  auto copy = std::make_unique<std::vector<const void*>>(vtable, vtable + entries);
  auto functions = copy->begin() + kHeader;
  ptrdiff_t post = std::find(functions, copy->end(), symbols.post) - functions;
  // Node counts the thread of its delayed tasks as a worker, too.
  int node_workers = symbols.number_of_worker_threads(platform);
  unsigned threads = static_cast<unsigned>(std::max(node_workers - 1, 0));
  unsigned max_threads = std::max(threads, 1u);
  for (const auto& [original, ours] : Replacements(jobs::CanYield(node_workers, max_threads))) {
    if (std::count(functions, copy->end(), original) != 1) {
      *problem = "node::NodePlatform's table of functions is not as expected";
      return false;
    }
    *std::find(functions, copy->end(), original) = ours;
  }

  auto* fresh = new Executor(max_threads, symbols.drain_urgent_only);
  the_executor.store(fresh, std::memory_order_release);
  SetTable(platform, copy.release()->data() + kHeader);
  if (!ProbeArrives(platform, post)) {
    SetTable(platform, original_table);
    *problem = fresh->HasThreads()
                   ? "a task posted to the V8 platform did not arrive"
                   : "room for a thread: the limit of processes was reached when it was loaded";
    return false;
  }
  node_workers::Retire(platform, threads);
  return true;
}

bool SeesWorkers() { return sees_workers; }

}  // namespace platform
}  // namespace just_fork
