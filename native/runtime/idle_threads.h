// Threads that are not ours, and of which a fork has to know that they do nothing.
#pragma once

#include <vector>

#include "os/deadline.h"
#include "os/os.h"

namespace just_fork {

struct IdleThread {
  ThreadId thread;
  uint64_t cpu_time;  // at the last moment when it was known to be idle
};

// None has run since that moment.
bool HaveSlept(const std::vector<IdleThread>& threads);

// None runs now, or would.
bool AreAsleep(const std::vector<IdleThread>& threads);

// Waits for the next moment at which all sleep. False: there was none in time.
bool FallAsleep(std::vector<IdleThread>* threads, const Deadline& deadline);

}  // namespace just_fork
