#include "runtime/forked.h"

#include <set>

#include "runtime/lock.h"

namespace just_fork {
namespace forked {
namespace {

Lock lock;
auto* pids = new std::set<pid_t>;

}  // namespace

void Remember(pid_t pid) {
  ScopedLock held(&lock);
  pids->insert(pid);
}

void Forget(pid_t pid) {
  ScopedLock held(&lock);
  pids->erase(pid);
}

std::vector<pid_t> List() {
  ScopedLock held(&lock);
  return {pids->begin(), pids->end()};
}

bool Has(pid_t pid) {
  ScopedLock held(&lock);
  return pids->count(pid) > 0;
}

// A Worker that does not exist here may have been at it: the lock and the set are left as they are.
void ForgetAllInChild() {
  lock.Renew();
  pids = new std::set<pid_t>;
}

}  // namespace forked
}  // namespace just_fork
