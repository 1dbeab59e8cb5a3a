// macOS has no robust mutexes. A record lock of fcntl(2) is let go of when its process ends or calls exec,
// and a child does not have those of its parent. All mutexes are bytes of one file without a name, each at a
// place of its own.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <set>

#include "os/deadline.h"
#include "os/os.h"

namespace just_fork {
namespace {

struct Lock {
  std::atomic<uint64_t> place;  // in the file; 0: nobody has locked it yet
  std::atomic<uint32_t> taken;  // 1 from lock to unlock; still 1 after a holder that died
};
static_assert(sizeof(Lock) <= kMutexBytes, "what src/memory/mutex.ts says");

// Whoever shares memory descends from the process that made it, and so has this descriptor, too.
int locks = -1;

// What this process holds. Not by a pid in the memory: that of a holder that died can be this one's by now.
std::set<Lock*>& Held() {
  static std::set<Lock*> held;
  static pid_t holder = getpid();
  if (holder != getpid()) {  // a child: those are its parent's
    held.clear();
    holder = getpid();
  }
  return held;
}

uint64_t PlaceOf(Lock* lock) {
  uint64_t place = lock->place;
  if (place != 0) return place;
  // Two mutexes at one place would be one: 62 bits keep them apart.
  uint64_t fresh;
  arc4random_buf(&fresh, sizeof fresh);
  fresh = (fresh >> 2) + 1;
  return lock->place.compare_exchange_strong(place, fresh) ? fresh : place;
}

struct flock ByteOf(Lock* lock, short type) {
  struct flock record = {};
  record.l_start = static_cast<off_t>(PlaceOf(lock));
  record.l_len = 1;
  record.l_type = type;
  record.l_whence = SEEK_SET;
  return record;
}

int LockRecord(Lock* lock, int64_t nanoseconds) {
  Deadline deadline(nanoseconds);
  struct flocktimeout record = {};
  record.fl = ByteOf(lock, F_WRLCK);
  int result;
  do {
    int64_t rest = deadline.Left();
    if (rest > 0) {
      record.timeout.tv_sec = static_cast<time_t>(rest / 1'000'000'000);
      record.timeout.tv_nsec = static_cast<long>(rest % 1'000'000'000);
      result = fcntl(locks, F_SETLKWTIMEOUT, &record);
    } else {
      result = fcntl(locks, rest == 0 ? F_SETLK : F_SETLKW, &record.fl);
    }
  } while (result == -1 && errno == EINTR);
  if (result == 0) return 0;
  // F_SETLK: somebody has it.
  if (errno == EAGAIN || errno == EACCES) return nanoseconds == 0 ? -EBUSY : -ETIMEDOUT;
  return -errno;
}

}  // namespace

int PrepareMutexes() {
  if (locks >= 0) return 0;
  FILE* nameless = tmpfile();
  if (nameless == nullptr) return -errno;
  int fd = fcntl(fileno(nameless), F_DUPFD_CLOEXEC, 0);
  int error = fd == -1 ? -errno : 0;
  fclose(nameless);  // before the first lock: with any descriptor of the file, all locks on it would go
  locks = fd;
  return error;
}

int MutexLock(void* memory, int64_t nanoseconds) {
  Lock* lock = static_cast<Lock*>(memory);
  if (Held().count(lock) > 0) return -EDEADLK;
  int error = LockRecord(lock, nanoseconds);
  if (error < 0) return error;
  Held().insert(lock);
  return lock->taken.exchange(1) == 0 ? kAcquired : kRecovered;
}

int MutexUnlock(void* memory) {
  Lock* lock = static_cast<Lock*>(memory);
  if (Held().erase(lock) == 0) return -EPERM;
  lock->taken = 0;
  struct flock record = ByteOf(lock, F_UNLCK);
  return fcntl(locks, F_SETLK, &record) == -1 ? -errno : 0;
}

// Who waits for a record lock does so in fcntl, and nowhere else.
int MutexBeforeSleep(void*, uint32_t**, uint32_t*) { return -ENOSYS; }
int MutexAfterSleep(void*) { return -ENOSYS; }
int WithHeir(uint32_t*, void (*)(void*), void*) { return -ENOSYS; }

bool HoldsMutexIn(const void* memory, size_t length) {
  const char* begin = static_cast<const char*>(memory);
  for (Lock* lock : Held()) {
    const char* at = reinterpret_cast<const char*>(lock);
    if (at >= begin && at < begin + length) return true;
  }
  return false;
}

}  // namespace just_fork
