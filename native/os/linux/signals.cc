#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "os/deadline.h"
#include "os/os.h"

namespace just_fork {
int WaitForSignal(const sigset_t& set, double milliseconds, siginfo_t* info) {
  constexpr double kForEver = 1e12;  // ms, and in ns still a number
  bool for_ever = milliseconds < 0 || milliseconds > kForEver;
  MonotonicDeadline deadline(for_ever ? -1 : static_cast<int64_t>(milliseconds * 1e6));
  for (;;) {
    int64_t rest = deadline.Rest();
    timespec time = {static_cast<time_t>(rest / 1'000'000'000), static_cast<long>(rest % 1'000'000'000)};
    int result = rest < 0 ? sigwaitinfo(&set, info) : sigtimedwait(&set, info, &time);
    if (result >= 0) return 0;
    if (errno != EINTR) return -errno;
  }
}

int OpenSignalDescriptor(const sigset_t& set) {
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd == -1 ? -errno : fd;
}

}  // namespace just_fork
