// What /proc/self/task says of the threads of this process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace just_fork {

// The kernel's own set, of 64 signals; the C library's is longer, and a signal frame has no room for that.
using Signals = uint64_t;

inline Signals Bit(int signal) { return Signals{1} << (signal - 1); }

int ListTasks(std::vector<pid_t>* tasks);  // 0 or -errno
std::string NameOfTask(pid_t task);        // empty: there is no such thread any more

struct TaskStatus {
  Signals blocked = 0;
  bool runs = false;    // or would, if a processor were free
  bool sleeps = false;  // until something comes; not: in a system call that is under way

  // All is blocked for a moment while a thread is made, in the new one and in its maker; then they take the
  // mask that the maker had before. glibc blocks for this what no program can (33, for setuid), musl does
  // not; but who blocks all of its own will is mostly asleep.
  bool MayBeBeginning() const { return runs || (blocked & Bit(33)) != 0; }
};

int LookAtTask(pid_t task, TaskStatus* status);  // 0 or -errno
bool IsKernels(pid_t task);                      // it runs in the kernel alone, for a ring of io_uring
bool IsGone(int error);  // whether that error says that there is no such thread any more
bool SleepsOrIsGone(pid_t task);

// Waits until each other thread has been seen asleep, or is gone: what it was about to do when this began, it
// has done. False: some were not, within the time.
bool OthersHaveSlept(int64_t nanoseconds);

}  // namespace just_fork
