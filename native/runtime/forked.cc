#include "runtime/forked.h"

#include <algorithm>
#include <new>

#include "runtime/lock.h"

namespace just_fork {
namespace forked {
namespace {

using Pids = std::vector<pid_t>;

Lock lock;

// In their order. Each fork adds one and copies the pages that this writes to, so they lie in one piece, of
// which the newest are mostly the end. Not destroyed with the library, which Workers may outlive.
alignas(Pids) char memory[sizeof(Pids)];
Pids* const pids = new (memory) Pids;

Pids::iterator Find(pid_t pid) { return std::lower_bound(pids->begin(), pids->end(), pid); }

bool IsAt(Pids::iterator found, pid_t pid) { return found != pids->end() && *found == pid; }

}  // namespace

void Remember(pid_t pid) {
  ScopedLock held(&lock);
  auto found = Find(pid);
  if (!IsAt(found, pid)) pids->insert(found, pid);
}

void Forget(pid_t pid) {
  ScopedLock held(&lock);
  auto found = Find(pid);
  if (IsAt(found, pid)) pids->erase(found);
}

std::vector<pid_t> List() {
  ScopedLock held(&lock);
  return *pids;
}

bool Has(pid_t pid) {
  ScopedLock held(&lock);
  return IsAt(Find(pid), pid);
}

// A Worker that does not exist here may have been at it: the lock and the list are left as they are, and made
// anew in their places.
void ForgetAllInChild() {
  lock.Renew();
  new (memory) Pids;
}

}  // namespace forked
}  // namespace just_fork
