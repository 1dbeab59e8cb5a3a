#include <dlfcn.h>

#include <cerrno>

#include "os/deadline.h"
#include "os/os.h"

// <os/os_sync_wait_on_address.h>, macOS 14.4. By name, so that the same binary loads on older systems.
namespace just_fork {
namespace {

constexpr uint32_t kShared = 1;             // OS_SYNC_WAIT_ON_ADDRESS_SHARED, OS_SYNC_WAKE_BY_ADDRESS_SHARED
constexpr uint32_t kMachAbsoluteTime = 32;  // OS_CLOCK_MACH_ABSOLUTE_TIME
constexpr int64_t kForEver = INT64_MAX;

using Wait = int (*)(void* address, uint64_t value, size_t size, uint32_t flags, uint32_t clock,
                     uint64_t nanoseconds);
using Wake = int (*)(void* address, size_t size, uint32_t flags);

template <typename Function>
Function Find(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

int FutexWait(uint32_t* word, uint32_t value, int64_t nanoseconds) {
  static const Wait wait = Find<Wait>("os_sync_wait_on_address_with_timeout");
  if (wait == nullptr) return -ENOSYS;
  Deadline deadline(nanoseconds);
  int result;
  do {
    int64_t rest = deadline.Left();
    if (rest == 0) return -ETIMEDOUT;  // which the call itself refuses, with EINVAL
    // The call does not bring the page into memory (EFAULT: it was not there just now); this does.
    if (__atomic_load_n(word, __ATOMIC_RELAXED) != value) return 0;
    result = wait(word, value, sizeof *word, kShared, kMachAbsoluteTime,
                  static_cast<uint64_t>(rest < 0 ? kForEver : rest));
  } while (result == -1 && (errno == EINTR || errno == EFAULT));
  return result == -1 ? -errno : 0;
}

int FutexWake(uint32_t* word, int count) {
  static const Wake one = Find<Wake>("os_sync_wake_by_address_any");
  static const Wake all = Find<Wake>("os_sync_wake_by_address_all");
  if (one == nullptr || all == nullptr) return -ENOSYS;
  int result = (count == 1 ? one : all)(word, sizeof *word, kShared);
  if (result == -1) return errno == ENOENT ? 0 : -errno;  // nobody waits
  return 1;
}

}  // namespace just_fork
