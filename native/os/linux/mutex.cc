// A robust mutex: when a thread ends, in whatever way, or calls exec, the kernel walks the list of the locks
// that it holds, marks each of them, and wakes a waiter (Linux, Documentation/locking/robust-futex-ABI.rst).
//
// The list is the one that the C library has registered for this thread, as a thread can have no other. Not
// its pthread_mutex_t: that has no time-out by the monotonic clock everywhere, and zeros are none that is
// free.
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

#include "os/deadline.h"
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

// Of the main thread, which alone comes here. A child starts without: it holds nothing of what its parent
// holds.
robust_list_head* held = nullptr;
uint32_t self = 0;

robust_list_head* Registered() {
  robust_list_head* head = nullptr;
  size_t length = 0;
  if (syscall(SYS_get_robust_list, 0, &head, &length) == -1) return nullptr;
  return length == sizeof *head ? head : nullptr;
}

// musl registers the list when a thread first locks a robust mutex.
void LockOneOfTheLibrary() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);
  pthread_mutexattr_destroy(&attributes);
}

void ForgetInChild() {
  if (held == nullptr) return;
  // glibc empties the list; musl leaves it, and the child's next lock would be linked to one that its parent
  // holds.
  held->list.next = &held->list;
  held->list_op_pending = nullptr;
  held = nullptr;
}

int KnowThisThread() {
  if (held != nullptr) return 0;
  static const int error = pthread_atfork(nullptr, nullptr, ForgetInChild);
  if (error != 0) return -error;
  held = Registered();
  if (held == nullptr) {
    LockOneOfTheLibrary();
    held = Registered();
  }
  if (held == nullptr) return -ENOSYS;
  long word = static_cast<long>(offsetof(Lock, next)) + held->futex_offset;
  if (word < 0 || word + sizeof(uint32_t) > sizeof(Lock::word)) {
    held = nullptr;
    return -ENOSYS;  // a C library that this one has never heard of
  }
  self = static_cast<uint32_t>(syscall(SYS_gettid));
  return 0;
}

std::atomic<uint32_t>& Word(Lock* lock) {
  char* link = reinterpret_cast<char*>(&lock->next);
  return *reinterpret_cast<std::atomic<uint32_t>*>(link + held->futex_offset);
}

Lock* FromLink(robust_list* link) {
  return reinterpret_cast<Lock*>(reinterpret_cast<char*>(link) - offsetof(Lock, next));
}

void Link(Lock* lock) {
  robust_list* first = held->list.next;
  lock->previous = &held->list;
  lock->next.next = first;
  if (first != &held->list) FromLink(first)->previous = &lock->next;
  std::atomic_signal_fence(std::memory_order_seq_cst);
  held->list.next = &lock->next;
}

void Unlink(Lock* lock) {
  robust_list* next = lock->next.next;
  static_cast<robust_list*>(lock->previous)->next = next;
  if (next != &held->list) FromLink(next)->previous = lock->previous;
}

// Between taking the word and linking it, and between unlinking and giving it back, the kernel learns of the
// lock from here. So it does if this thread was woken to take it, and dies before it does: then another is
// woken.
class Pending {
 public:
  explicit Pending(Lock* lock) {
    held->list_op_pending = &lock->next;
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  ~Pending() {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    held->list_op_pending = nullptr;
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
  MonotonicDeadline deadline(nanoseconds);
  Pending pending(lock);
  for (uint32_t seen = word;;) {
    uint32_t owner = seen & FUTEX_TID_MASK;
    if (owner == self) return -EDEADLK;
    if (owner == 0) {
      if (!word.compare_exchange_weak(seen, self | (seen & FUTEX_WAITERS))) continue;
      Link(lock);
      return seen & FUTEX_OWNER_DIED ? kRecovered : kAcquired;
    }
    if (nanoseconds == 0) return -EBUSY;
    if (!(seen & FUTEX_WAITERS) && !word.compare_exchange_weak(seen, seen | FUTEX_WAITERS)) continue;
    error = FutexWait(reinterpret_cast<uint32_t*>(&word), seen | FUTEX_WAITERS, deadline.Rest());
    seen = word;
    if (error < 0 && (seen & FUTEX_TID_MASK) != 0) return error;
  }
}

int MutexUnlock(void* memory) {
  int error = KnowThisThread();
  if (error < 0) return error;
  Lock* lock = static_cast<Lock*>(memory);
  std::atomic<uint32_t>& word = Word(lock);
  if ((word & FUTEX_TID_MASK) != self) return -EPERM;
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
  if (held == nullptr) return false;
  const char* begin = static_cast<const char*>(memory);
  for (robust_list* link = held->list.next; link != &held->list; link = link->next) {
    const char* at = reinterpret_cast<const char*>(link);
    if (at >= begin && at < begin + length) return true;
  }
  return false;
}

}  // namespace just_fork
