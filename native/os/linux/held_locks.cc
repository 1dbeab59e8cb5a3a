#include "os/linux/held_locks.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "os/os.h"

namespace just_fork {
namespace {

HeldLocks held;
robust_list_head* lists_place = nullptr;  // the same in all generations; nullptr: never looked for

robust_list_head* Registered() {
  robust_list_head* head = nullptr;
  size_t length = 0;
  if (syscall(SYS_get_robust_list, 0, &head, &length) == -1) return nullptr;
  return length == sizeof *head ? head : nullptr;
}

// musl registers the list when a thread first locks a robust mutex that processes share.
void LockOneOfTheLibrary() {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutex_t mutex;
  pthread_mutex_init(&mutex, &attributes);
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_destroy(&mutex);
  pthread_mutexattr_destroy(&attributes);
}

// In every child of this process: another copy of this package may have forked it, or a native module. And
// before the first that the child locks.
void ForgetInChild() {
  held = {};
  lists_place->list.next = &lists_place->list;
  lists_place->list_op_pending = nullptr;
}

}  // namespace

const HeldLocks& MainThreadsLocks() { return held; }

int FindHeldLocks() {
  if (held.list != nullptr) return 0;
  robust_list_head* list = Registered();
  if (list == nullptr) {
    LockOneOfTheLibrary();
    list = Registered();
  }
  if (list == nullptr) return -ENOSYS;
  if (lists_place == nullptr && pthread_atfork(nullptr, nullptr, ForgetInChild) != 0) return -ENOMEM;
  held = {list, static_cast<uint32_t>(syscall(SYS_gettid))};
  lists_place = list;
  return 0;
}

namespace held_locks {

bool Install(std::string* problem) {
#ifndef __GLIBC__
  if (FindHeldLocks() < 0) {
    *problem = "a list of the locks that a thread holds";
    return false;
  }
#else
  (void)problem;  // glibc empties the list itself
#endif
  return true;
}

}  // namespace held_locks
}  // namespace just_fork
