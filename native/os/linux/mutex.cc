// A robust mutex: when a thread ends, in whatever way, or calls exec, the kernel walks the list of the locks
// that it holds, marks each of them, and wakes a waiter (Linux, Documentation/locking/robust-futex-ABI.rst).
//
// Not the C library's pthread_mutex_t: that has no time-out by the monotonic clock everywhere, and zeros are
// none that is free.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "os/deadline.h"
#include "os/linux/held_locks.h"
#include "os/os.h"

namespace just_fork {
namespace {

// Like a pthread_mutex_t as far as others read it: the C library finds the lock word at its own distance from
// the link, and writes the link before the one that it adds.
struct Lock {
  char word[24];  // somewhere in here; see Word()
  void* previous;
  robust_list next;
};
static_assert(sizeof(Lock) == kMutexBytes, "what src/memory/mutex.ts says");
static_assert(offsetof(Lock, next) - offsetof(Lock, previous) == sizeof(void*), "as in both C libraries");

// Without one that FindHeldLocks has found, there is none to look at.
const HeldLocks& held = MainThreadsLocks();

int KnowThisThread() {
  int error = FindHeldLocks();
  if (error < 0) return error;
  long word = static_cast<long>(offsetof(Lock, next)) + held.list->futex_offset;
  return word < 0 || word + sizeof(uint32_t) > sizeof(Lock::word) ? -ENOSYS : 0;
}

std::atomic<uint32_t>& Word(Lock* lock) {
  char* link = reinterpret_cast<char*>(&lock->next);
  return *reinterpret_cast<std::atomic<uint32_t>*>(link + held.list->futex_offset);
}

// A lock of another module's that inherits priorities has the lowest bit of its link set, for the kernel.
robust_list* Untagged(robust_list* link) {
  return reinterpret_cast<robust_list*>(reinterpret_cast<uintptr_t>(link) & ~uintptr_t{1});
}

Lock* FromLink(robust_list* link) {
  return reinterpret_cast<Lock*>(reinterpret_cast<char*>(Untagged(link)) - offsetof(Lock, next));
}

void Link(Lock* lock) {
  robust_list* first = held.list->list.next;
  lock->previous = &held.list->list;
  lock->next.next = first;
  if (first != &held.list->list) FromLink(first)->previous = &lock->next;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  held.list->list.next = &lock->next;
}

void Unlink(Lock* lock) {
  robust_list* next = lock->next.next;
  static_cast<robust_list*>(lock->previous)->next = next;
  if (next != &held.list->list) FromLink(next)->previous = lock->previous;
}

// Between taking the word and linking it, and between unlinking and giving it back, the kernel learns of the
// lock from here. So it does if this thread was woken to take it, and dies before it does: then another is
// woken.
class Pending {
 public:
  explicit Pending(Lock* lock) {
    held.list->list_op_pending = &lock->next;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~Pending() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    held.list->list_op_pending = nullptr;
  }
};

}  // namespace

// The list belongs to the thread.
int PrepareMutexes() { return 0; }

int MutexLock(void* memory, int64_t nanoseconds) {
  int error = KnowThisThread();
  if (error < 0) return error;
  Lock* lock = static_cast<Lock*>(memory);
  std::atomic<uint32_t>& word = Word(lock);
  Deadline deadline(nanoseconds);
  Pending pending(lock);
  for (uint32_t seen = word;;) {
    uint32_t owner = seen & FUTEX_TID_MASK;
    if (owner == held.thread) return -EDEADLK;
    if (owner == 0) {
      if (!word.compare_exchange_weak(seen, held.thread | (seen & FUTEX_WAITERS))) continue;
      Link(lock);
      return seen & FUTEX_OWNER_DIED ? kRecovered : kAcquired;
    }
    if (nanoseconds == 0) return -EBUSY;
    if (!(seen & FUTEX_WAITERS) && !word.compare_exchange_weak(seen, seen | FUTEX_WAITERS)) continue;
    error = FutexWait(reinterpret_cast<uint32_t*>(&word), seen | FUTEX_WAITERS, deadline.Left());
    seen = word;
    if (error < 0 && (seen & FUTEX_TID_MASK) != 0) return error;
  }
}

int MutexUnlock(void* memory) {
  int error = KnowThisThread();
  if (error < 0) return error;
  Lock* lock = static_cast<Lock*>(memory);
  std::atomic<uint32_t>& word = Word(lock);
  if ((word & FUTEX_TID_MASK) != held.thread) return -EPERM;
  Pending pending(lock);
  Unlink(lock);
  // The mark for waiters stays for good. If it went, and the process that is woken here died before it had
  // the lock, while a third took it in passing, nobody would wake the others.
  if (word.fetch_and(FUTEX_WAITERS) & FUTEX_WAITERS) FutexWake(reinterpret_cast<uint32_t*>(&word), 1);
  return 0;
}

int MutexBeforeSleep(void* memory, uint32_t** address, uint32_t* value) {
  int error = KnowThisThread();
  if (error < 0) return error;
  std::atomic<uint32_t>& word = Word(static_cast<Lock*>(memory));
  *address = reinterpret_cast<uint32_t*>(&word);
  for (uint32_t seen = word;;) {
    // Free by now: nobody would wake who sleeps on it. No thread has this number, so nobody sleeps.
    *value = seen & FUTEX_TID_MASK ? seen | FUTEX_WAITERS : FUTEX_TID_MASK;
    if (word.compare_exchange_weak(seen, seen | FUTEX_WAITERS)) return 0;
  }
}

int MutexAfterSleep(void* memory) {
  int error = KnowThisThread();
  if (error < 0) return error;
  std::atomic<uint32_t>& word = Word(static_cast<Lock*>(memory));
  // If it is held, its holder wakes one: the mark for waiters is set.
  return word & FUTEX_TID_MASK ? 0 : FutexWake(reinterpret_cast<uint32_t*>(&word), 1);
}

int WithHeir(uint32_t* word, void (*body)(void*), void* argument) {
  // The C library's list of this thread is set aside, and comes back: nothing of the library locks in `body`.
  robust_list_head* usual = nullptr;
  size_t length = 0;
  if (syscall(SYS_get_robust_list, 0, &usual, &length) == -1) return -errno;
  // An empty list, and one lock that the thread was about to take.
  robust_list_head mine = {};
  mine.list.next = &mine.list;
  mine.list_op_pending = reinterpret_cast<robust_list*>(word);
  if (syscall(SYS_set_robust_list, &mine, sizeof mine) == -1) return -errno;
  body(argument);
  syscall(SYS_set_robust_list, usual, sizeof mine);
  return 0;
}

bool HoldsMutexIn(const void* memory, size_t length) {
  if (held.list == nullptr) return false;
  const char* begin = static_cast<const char*>(memory);
  for (robust_list* link = held.list->list.next; link != &held.list->list; link = link->next) {
    link = Untagged(link);
    const char* at = reinterpret_cast<const char*>(link);
    if (at >= begin && at < begin + length) return true;
  }
  return false;
}

}  // namespace just_fork
