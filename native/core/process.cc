#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "core/posix.h"

namespace just_fork {

int Kill(pid_t pid, int signal) { return kill(pid, signal) == -1 ? -errno : 0; }

int GroupOf(pid_t pid) {
  pid_t group = getpgid(pid);
  return group == -1 ? -errno : group;
}

int SetGroup(pid_t pid, pid_t group) { return setpgid(pid, group) == -1 ? -errno : 0; }

int SessionOf(pid_t pid) {
  pid_t session = getsid(pid);
  return session == -1 ? -errno : session;
}

int NewSession() {
  pid_t session = setsid();
  return session == -1 ? -errno : session;
}

int ForegroundGroup(int fd) {
  pid_t group = tcgetpgrp(fd);
  return group == -1 ? -errno : group;
}

int SetForegroundGroup(int fd, pid_t group) {
  int result;
  do {
    result = tcsetpgrp(fd, group);
  } while (result == -1 && errno == EINTR);
  return result == -1 ? -errno : 0;
}

}  // namespace just_fork
