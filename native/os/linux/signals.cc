#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "os/deadline.h"
#include "os/os.h"

namespace just_fork {
namespace {

// By the kernel's own name: after other signals musl's sigtimedwait begins anew, with the whole time.
int SigTimedWait(const sigset_t& set, siginfo_t* info, int64_t nanoseconds) {
  constexpr size_t kSetBytes = 8;  // the kernel's, of 64 signals
  struct {
    long seconds, nanoseconds;
  } time = {static_cast<long>(nanoseconds / 1'000'000'000), static_cast<long>(nanoseconds % 1'000'000'000)};
  return static_cast<int>(
      syscall(SYS_rt_sigtimedwait, &set, info, nanoseconds < 0 ? nullptr : &time, kSetBytes));
}

}  // namespace

int WaitForSignal(const sigset_t& set, double milliseconds, siginfo_t* info) {
  constexpr double kForEver = 1e12;  // ms, and in ns still a number
  bool for_ever = milliseconds < 0 || milliseconds > kForEver;
  Deadline deadline(for_ever ? -1 : static_cast<int64_t>(milliseconds * 1e6));
  for (;;) {
    if (SigTimedWait(set, info, deadline.Left()) >= 0) {
      if (info->si_code == SI_TKILL) info->si_code = SI_USER;  // of raise(3), and as glibc has it
      return 0;
    }
    if (errno != EINTR) return -errno;
  }
}

int OpenSignalDescriptor(const sigset_t& set) {
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  return fd == -1 ? -errno : fd;
}

}  // namespace just_fork
