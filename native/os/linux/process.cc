#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "os/linux/files.h"
#include "os/os.h"

// The same numbers on every architecture (Linux 5.1 and 5.3).
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

namespace just_fork {

int SetChildSubreaper(int on) { return prctl(PR_SET_CHILD_SUBREAPER, on, 0, 0, 0) == -1 ? -errno : 0; }

int SetParentDeathSignal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) == -1 ? -errno : 0; }

int PidfdOpen(pid_t pid) {
  int fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  return fd == -1 ? -errno : fd;
}

int PidfdSendSignal(int pidfd, int signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) == -1 ? -errno : 0;
}

int ExecDescriptor(int fd, char* const argv[], char* const environment[]) {
  // Not by /proc/self/fd: a script's interpreter would be there before it finds that the descriptor is
  // closed.
  syscall(SYS_execveat, fd, "", argv, environment, AT_EMPTY_PATH);
  return -errno;
}

bool VariableAtStart(const char* name, std::string* value) {
  const std::string environment = '\0' + ReadFile("/proc/self/environ");
  const std::string before = '\0' + std::string(name) + '=';
  size_t found = environment.find(before);
  if (found == std::string::npos) return false;
  *value = environment.c_str() + found + before.size();
  return true;
}

}  // namespace just_fork
