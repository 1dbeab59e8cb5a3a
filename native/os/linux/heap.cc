// V8 in Node marks each mapping that it makes with MADV_DONTFORK, so that spawning a program does not copy
// the page tables of a heap that exec would throw away at once (v8/src/base/platform/platform-posix.cc,
// V8_ENABLE_PRIVATE_MAPPING_FORK_OPTIMIZATION). A forked child needs that heap. So we keep the list of those
// mappings, by listening to V8's own madvise and munmap calls, and turn the mark off in the gateway's forks
// and on again in every other fork. A program that only forks, or only spawns, pays for neither turn.
#include "os/linux/heap.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <vector>

#include "os/linux/got.h"
#include "os/linux/mappings.h"
#include "os/linux/tasks.h"
#include "os/os.h"
#include "runtime/lock.h"
#include "runtime/symbols.h"

namespace just_fork {
namespace heap {
namespace {

struct Range {
  uintptr_t end;
  bool inherited;
};

Lock lock;
std::map<uintptr_t, Range>* ranges;  // by start; never destroyed, V8 unmaps memory until the very end
bool complete = false;               // whether the list has what V8 mapped before we listened, too
bool any_unlike[2] = {true, true};   // whether some range may be marked unlike [inherited]
thread_local bool inheriting = false;
int inherit_error = 0;  // of the Inherit that lives

uintptr_t PageUp(uintptr_t address) {
  static const uintptr_t page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  return (address + page - 1) & ~(page - 1);
}

// Takes [start, end) out of the list; what sticks out on either side stays.
void Forget(uintptr_t start, uintptr_t end) {
  auto it = ranges->upper_bound(start);
  if (it != ranges->begin()) --it;
  while (it != ranges->end() && it->first < end) {
    uintptr_t from = it->first;
    Range range = it->second;
    if (range.end <= start) {
      ++it;
      continue;
    }
    it = ranges->erase(it);
    if (from < start) (*ranges)[from] = {start, range.inherited};
    if (range.end > end) (*ranges)[end] = {range.end, range.inherited};
  }
}

void Remember(uintptr_t start, uintptr_t end) {
  Forget(start, end);
  (*ranges)[start] = {end, false};
  any_unlike[true] = true;
}

// Not by the C library's names: where this library is built without a procedure linkage table (-fno-plt),
// they can lead to Node's entries for them, and so back here.
int Madvise(void* address, size_t length, int advice) {
  return static_cast<int>(syscall(SYS_madvise, address, length, advice));
}
int Munmap(void* address, size_t length) { return static_cast<int>(syscall(SYS_munmap, address, length)); }

int ListeningMadvise(void* address, size_t length, int advice) {
  int result = Madvise(address, length, advice);
  if (result == 0 && advice == MADV_DONTFORK) {
    ScopedLock held(&lock);
    uintptr_t start = reinterpret_cast<uintptr_t>(address);
    Remember(start, PageUp(start + length));
  }
  return result;
}

int ListeningMunmap(void* address, size_t length) {
  // Forgotten first: once the kernel has taken it, another thread may be given the same addresses. And not
  // let go before the kernel has: Install would find them in its list.
  ScopedLock held(&lock);
  uintptr_t start = reinterpret_cast<uintptr_t>(address);
  Forget(start, PageUp(start + length));
  return Munmap(address, length);
}

// One madvise for each run of neighbours that are to change. EAGAIN: the kernel lacks memory for it, and the
// next fork tries again. ENOMEM is another matter: something of the run is not there, and the rest is marked
// (mm/madvise.c).
int Mark(bool inherited) {
  if (!any_unlike[inherited]) return 0;
  int advice = inherited ? MADV_DOFORK : MADV_DONTFORK;
  int error = 0;
  for (auto it = ranges->begin(); it != ranges->end();) {
    uintptr_t start = it->first, end = start;
    auto first = it;
    while (it != ranges->end() && it->first == end && it->second.inherited != inherited) {
      end = (it++)->second.end;
    }
    if (end == start) {
      ++it;
    } else if (Madvise(reinterpret_cast<void*>(start), end - start, advice) == -1 && errno != ENOMEM) {
      error = -errno;
    } else {
      for (; first != it; ++first) first->second.inherited = inherited;
    }
  }
  any_unlike[inherited] = error != 0;
  any_unlike[!inherited] = true;
  return error;
}

// These run inside every fork() of this process, whoever calls it; never in posix_spawn.
void BeforeFork() {
  lock.Acquire();
  Mark(inheriting);
}
void InParent() { lock.Release(); }
void InChild() { lock.Renew(); }

}  // namespace

bool Install(std::string* problem) {
  std::vector<pid_t> tasks;
  if (access("/proc/self/smaps", R_OK) != 0 || ListTasks(&tasks) == -ENOENT) {
    *problem = "/proc of this PID namespace, for /proc/self/smaps and /proc/self/task";
    return false;
  }
  {
    ScopedLock held(&lock);  // which makes it seen by V8's other threads
    ranges = new std::map<uintptr_t, Range>;
  }
  const void* inside = symbols::InNode();
  if (!RedirectImport(inside, "madvise", reinterpret_cast<void*>(ListeningMadvise)) ||
      !RedirectImport(inside, "munmap", reinterpret_cast<void*>(ListeningMunmap))) {
    *problem = "V8's madvise and munmap calls cannot be followed";
    return false;
  }
  if (pthread_atfork(BeforeFork, InParent, InChild) != 0) {
    *problem = "pthread_atfork failed";
    return false;
  }
  // A thread of V8's may be in the midst of a call that it began before we listened: the mark that it sets
  // would be in no list, and a child without that memory. Mostly the threads are asleep in a moment; if not,
  // the gateway finds them so. Not always there: the list takes longer to make the more memory there is.
  if (OthersHaveSlept(50'000'000) && Complete() < 0) {
    *problem = "/proc/self/smaps cannot be read";
    return false;
  }
  return true;
}

int Complete() {
  ScopedLock held(&lock);  // other threads wait with their calls until the list is whole
  if (complete) return 0;
  int error = ForEachUninheritedMapping(Remember);
  complete = error == 0;
  return error;
}

void LeaveOut(uintptr_t start, size_t length) {
  ListeningMadvise(reinterpret_cast<void*>(start), length, MADV_DONTFORK);
}
void Unmap(uintptr_t start, size_t length) { ListeningMunmap(reinterpret_cast<void*>(start), length); }

void ForEachRange(const std::function<void(uintptr_t, uintptr_t)>& each) {
  ScopedLock held(&lock);
  for (const auto& [start, range] : *ranges) each(start, range.end);
}

Inherit::Inherit() {
  inheriting = true;
  ScopedLock held(&lock);
  inherit_error = Mark(true);
}
Inherit::~Inherit() { inheriting = false; }
int Inherit::Error() const { return inherit_error; }

size_t RangeCount() {
  ScopedLock held(&lock);
  return ranges == nullptr ? 0 : ranges->size();
}

size_t Bytes() {
  ScopedLock held(&lock);
  size_t bytes = 0;
  if (ranges != nullptr) {
    for (const auto& [start, range] : *ranges) bytes += range.end - start;
  }
  return bytes;
}

}  // namespace heap
}  // namespace just_fork
