#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "os/os.h"

namespace just_fork {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

timespec After(int64_t nanoseconds) {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  nanoseconds += time.tv_nsec;
  time.tv_sec += static_cast<time_t>(nanoseconds / kSecond);
  time.tv_nsec = static_cast<long>(nanoseconds % kSecond);
  return time;
}

}  // namespace

// Without FUTEX_PRIVATE_FLAG the kernel knows the word by its page, and so in every process that shares it.
// The bitset form takes a moment in time, not a length of it: after a signal the rest needs no reckoning.
int FutexWait(uint32_t* word, uint32_t value, int64_t nanoseconds) {
  static_assert(sizeof(timespec) == 2 * sizeof(long), "SYS_futex takes the kernel's old timespec");
  timespec end = {};
  if (nanoseconds >= 0) end = After(nanoseconds);
  const timespec* until = nanoseconds < 0 ? nullptr : &end;
  long result;
  do {
    result = syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value, until, nullptr, FUTEX_BITSET_MATCH_ANY);
  } while (result == -1 && errno == EINTR);
  return result == -1 && errno != EAGAIN ? -errno : 0;
}

int FutexWake(uint32_t* word, int count) {
  int woken = static_cast<int>(syscall(SYS_futex, word, FUTEX_WAKE, count, nullptr, nullptr, 0));
  return woken == -1 ? -errno : woken;
}

}  // namespace just_fork
