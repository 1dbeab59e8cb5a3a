#include "runtime/platform.h"

#include <atomic>
#include <cstring>
#include <vector>

#include "os/os.h"
#include "runtime/node_workers.h"
#include "runtime/symbols.h"
#include "runtime/workers.h"

namespace just_fork {
namespace platform {
namespace {

using node::MultiIsolatePlatform;
using OwnedTask = Executor::OwnedTask;

// Node's platform object begins, as every object of a class with virtual functions, with the address of its
// table of functions. We give this one object a copy of the table in which four entries are ours.
constexpr size_t kHeader = 2 * sizeof(void*);  // offset to top and type information precede the functions

std::atomic<Executor*> the_executor{nullptr};  // never destroyed: threads use it until the process is gone
const void* original_table;
MultiIsolatePlatform* installed_on;
bool sees_workers = false;

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
  executor().Stop(Deadline(1000000000));
  std::memcpy(static_cast<void*>(platform), &original_table, sizeof original_table);
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

bool ProbeArrives(MultiIsolatePlatform* platform, size_t post_slot) {
  static uv_sem_t arrived;  // outlives this call, should the probe be late
  uv_sem_init(&arrived, 0);
  void** table;
  std::memcpy(&table, static_cast<void*>(platform), sizeof table);
  node_workers::PostThrough(table[post_slot], platform, std::make_unique<ProbeTask>(&arrived));
  Deadline deadline(2000000000);
  while (uv_sem_trywait(&arrived) != 0) {
    if (deadline.Passed() || !executor().HasThreads()) return false;
    uv_sleep(0);
  }
  return true;
}

}  // namespace

bool Install(std::string* problem) {
  const auto& symbols = symbols::Platform();
  MultiIsolatePlatform* platform = symbols::PlatformOf(symbols::CurrentEnvironment());
  if (platform == nullptr) {
    *problem = "this environment has no platform";
    return false;
  }
  const char* table;
  std::memcpy(&table, static_cast<void*>(platform), sizeof table);
  const char* vtable = static_cast<const char*>(symbols.vtable);
  if (table != vtable + kHeader) {
    *problem = "the V8 platform as Node has made it: most likely another copy of just-fork serves it already";
    return false;
  }
  size_t size = SizeOfVtable(vtable);
  if (size <= kHeader || size > 4096) {
    *problem = "the size of node::NodePlatform's table of functions is unknown";
    return false;
  }

  bool priority = symbols.with_priority;
  struct Replacement {
    const void* original;
    const void* replacement;
  };
  std::vector<Replacement> replacements = {
      {symbols.post,
       priority ? reinterpret_cast<const void*>(PostWithPriority) : reinterpret_cast<const void*>(Post)},
      {symbols.post_delayed, priority ? reinterpret_cast<const void*>(PostDelayedWithPriority)
                                      : reinterpret_cast<const void*>(PostDelayed)},
      {symbols.drain_tasks, reinterpret_cast<const void*>(DrainTasks)},
      {symbols.destroy, reinterpret_cast<const void*>(Destroy)},
  };
  sees_workers = workers::Install();
  if (sees_workers) {
    replacements.push_back({reinterpret_cast<const void*>(symbols.register_isolate),
                            reinterpret_cast<const void*>(workers::Register)});
    replacements.push_back({reinterpret_cast<const void*>(symbols.unregister_isolate),
                            reinterpret_cast<const void*>(workers::Unregister)});
  }

  size_t slots = size / sizeof(void*);
  auto copy = std::make_unique<const void*[]>(slots);
  std::memcpy(copy.get(), vtable, size);
  const size_t header_slots = kHeader / sizeof(void*);
  size_t post_slot = 0;
  for (const auto& replacement : replacements) {
    unsigned found = 0;
    for (size_t slot = header_slots; slot < slots; slot++) {
      if (copy[slot] != replacement.original) continue;
      copy[slot] = replacement.replacement;
      if (replacement.original == symbols.post) post_slot = slot - header_slots;
      found++;
    }
    if (found != 1) {
      *problem = "node::NodePlatform's table of functions is not as expected";
      return false;
    }
  }

  int threads = symbols.number_of_worker_threads(platform);
  auto* fresh = new Executor;
  // Node counts the thread of its delayed tasks as a worker, too.
  fresh->Configure(threads > 2 ? static_cast<unsigned>(threads - 1) : 1, symbols.drain_urgent_only);
  the_executor.store(fresh, std::memory_order_release);
  original_table = table;
  installed_on = platform;
  // V8's threads may be calling through it. Who sees the new table sees what is in it.
  __atomic_store_n(reinterpret_cast<const void**>(platform), copy.release() + header_slots, __ATOMIC_RELEASE);

  if (!ProbeArrives(platform, post_slot)) {
    std::memcpy(static_cast<void*>(platform), &original_table, sizeof original_table);
    *problem = fresh->HasThreads()
                   ? "a task posted to the V8 platform did not arrive"
                   : "room for a thread: the limit of processes was reached when it was loaded";
    return false;
  }
  node_workers::Retire(platform, threads > 1 ? static_cast<unsigned>(threads - 1) : 0);
  return true;
}

bool SeesWorkers() { return sees_workers; }

}  // namespace platform
}  // namespace just_fork
