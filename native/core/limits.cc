#include <sys/resource.h>

#include <cerrno>

#include "core/posix.h"

namespace just_fork {

int Priority(int which, int who, int* value) {
  errno = 0;  // -1 is a priority, too
  *value = getpriority(static_cast<decltype(PRIO_PROCESS)>(which), static_cast<id_t>(who));
  return -errno;
}

int SetPriority(int which, int who, int value) {
  int result = setpriority(static_cast<decltype(PRIO_PROCESS)>(which), static_cast<id_t>(who), value);
  return result == -1 ? -errno : 0;
}

int Limit(int resource, rlimit* limit) {
  return getrlimit(static_cast<decltype(RLIMIT_CORE)>(resource), limit) == -1 ? -errno : 0;
}

int SetLimit(int resource, const rlimit& limit) {
  return setrlimit(static_cast<decltype(RLIMIT_CORE)>(resource), &limit) == -1 ? -errno : 0;
}

int Usage(int who, rusage* usage) { return getrusage(who, usage) == -1 ? -errno : 0; }

}  // namespace just_fork
