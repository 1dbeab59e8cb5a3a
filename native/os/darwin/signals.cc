#include <fcntl.h>
#include <signal.h>
#include <sys/event.h>
#include <unistd.h>

#include <cerrno>

#include "os/os.h"

namespace just_fork {
namespace {

bool IsAnyPending(const sigset_t& set) {
  sigset_t pending;
  sigpending(&pending);
  for (int signal = 1; signal < NSIG; signal++) {
    if (sigismember(&set, signal) == 1 && sigismember(&pending, signal) == 1) return true;
  }
  return false;
}

}  // namespace

int WaitForSignal(const sigset_t& set, double milliseconds, siginfo_t* info) {
  // There is no sigtimedwait; a wait without a limit is sigwait, which tells the number alone.
  bool some = IsAnyPending(set);
  if (!some && milliseconds == 0) return -EAGAIN;
  if (!some && milliseconds > 0) return -ENOSYS;
  int signal = 0;
  int error;
  do {
    error = sigwait(&set, &signal);
  } while (error == EINTR);
  info->si_signo = signal;
  return -error;
}

int OpenSignalDescriptor(const sigset_t& set) {
  int fd = kqueue();
  if (fd == -1) return -errno;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  struct kevent event;
  for (int signal = 1; signal < NSIG; signal++) {
    if (sigismember(&set, signal) != 1) continue;
    EV_SET(&event, signal, EVFILT_SIGNAL, EV_ADD | EV_CLEAR, 0, 0, nullptr);
    if (kevent(fd, &event, 1, nullptr, 0, nullptr) == -1) {
      int error = errno;
      close(fd);
      return -error;
    }
  }
  // The filter tells of none that had come before.
  EV_SET(&event, 0, EVFILT_USER, EV_ADD, NOTE_TRIGGER, 0, nullptr);
  if (IsAnyPending(set)) kevent(fd, &event, 1, nullptr, 0, nullptr);
  return fd;
}

}  // namespace just_fork
