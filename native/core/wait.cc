#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/posix.h"
#include "os/deadline.h"
#include "os/os.h"

namespace just_fork {

int Waitpid(pid_t pid, int* status, int options) {
  int result;
  do {
    result = waitpid(pid, status, options);
  } while (result == -1 && errno == EINTR);
  return result == -1 ? -errno : result;
}

int Wait4(pid_t pid, int* status, int options, rusage* usage) {
  int result;
  do {
    result = wait4(pid, status, options, usage);
  } while (result == -1 && errno == EINTR);
  return result == -1 ? -errno : result;
}

int Waitid(idtype_t type, id_t id, siginfo_t* info, int options) {
  int result;
  do {
    std::memset(info, 0, sizeof *info);
    result = waitid(type, id, info, options);
  } while (result == -1 && errno == EINTR);
  if (result == -1) return -errno;
  if (info->si_code == CLD_CONTINUED) NameContinued(type, id, info);
  return 0;
}

int PeekChild(pid_t pid) {
  siginfo_t info;
  std::memset(&info, 0, sizeof info);
  // WNOWAIT leaves the zombie to whoever is entitled to reap it.
  if (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == -1) {
    // Anything else comes from a sandbox that forbids the question. A child of which nothing is known is
    // there, or nobody could end it.
    return errno == ECHILD ? -errno : 0;
  }
  return info.si_pid == 0 ? 0 : 1;
}

int WaitUntilAnyEnds(const std::vector<pid_t>& pids, int milliseconds) {
  std::vector<pollfd> ends;
  for (pid_t pid : pids) {
    int fd = OpenExitDescriptor(pid);
    if (fd >= 0) ends.push_back({fd, POLLIN, 0});
  }
  int result;
  if (ends.size() < pids.size()) {
    // A child without a descriptor (an old kernel, or no descriptors left) can end unseen: come back soon.
    milliseconds = milliseconds < 0 || milliseconds > 5 ? 5 : milliseconds;
  }
  Deadline deadline(milliseconds < 0 ? -1 : int64_t{milliseconds} * 1'000'000);
  do {
    int64_t rest = deadline.Left();
    int at_most = rest < 0 ? -1 : static_cast<int>((rest + 999'999) / 1'000'000);
    result = poll(ends.data(), static_cast<nfds_t>(ends.size()), at_most);
  } while (result == -1 && errno == EINTR);
  if (result == -1) result = -errno;
  for (const pollfd& end : ends) close(end.fd);
  return result;
}

}  // namespace just_fork
