// The children that this process has forked and not yet reaped, for all its threads. The kernel lists more:
// adopted orphans, the programs that each thread's libuv runs.
#pragma once

#include <sys/types.h>

#include <vector>

namespace just_fork {
namespace forked {

void Remember(pid_t pid);
void Forget(pid_t pid);
std::vector<pid_t> List();
bool Has(pid_t pid);
void ForgetAllInChild();

}  // namespace forked
}  // namespace just_fork
