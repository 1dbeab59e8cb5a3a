#include "runtime/idle_threads.h"

#include <uv.h>

#include <algorithm>

namespace just_fork {

bool HaveSlept(const std::vector<IdleThread>& threads) {
  return std::all_of(threads.begin(), threads.end(),
                     [](const IdleThread& idle) { return CpuTimeOf(idle.thread) == idle.cpu_time; });
}

bool AreAsleep(const std::vector<IdleThread>& threads) {
  return std::none_of(threads.begin(), threads.end(),
                      [](const IdleThread& idle) { return MayBeAwake(idle.thread); });
}

// Two looks at least: who has run since then is mostly asleep by now, and the first look only reads its
// clock. A clock stands still also while others have all processors: asleep its thread must be, too.
bool FallAsleep(std::vector<IdleThread>* threads, const Deadline& deadline) {
  for (bool again = false;; again = true) {
    bool moved = false;
    for (IdleThread& idle : *threads) {
      uint64_t now = CpuTimeOf(idle.thread);
      if (now != idle.cpu_time || MayBeAwake(idle.thread)) moved = true;
      idle.cpu_time = now;
    }
    if (!moved) return true;
    if (again && deadline.Passed()) return false;
    uv_sleep(0);
  }
}

}  // namespace just_fork
