// The locks that the main thread holds, as far as the kernel is to let go of them should it die: a list that
// the C library has registered, as a thread can have no other (Linux,
// Documentation/locking/robust-futex-ABI.rst).
#pragma once

#include <linux/futex.h>

#include <cstdint>

namespace just_fork {

struct HeldLocks {
  robust_list_head* list = nullptr;  // nullptr: not looked for yet, in this process
  uint32_t thread = 0;
};

const HeldLocks& MainThreadsLocks();

// On the main thread, which alone comes here. 0, or -ENOSYS: a C library that this one has never heard of.
int FindHeldLocks();

}  // namespace just_fork
