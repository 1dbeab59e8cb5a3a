#include <fcntl.h>
#include <signal.h>
#include <sys/event.h>
#include <unistd.h>

#include <cerrno>

#include "os/os.h"

namespace just_fork {
namespace child_events {
namespace {
thread_local int queue = -1;
}

// The filter tells of each SIGCHLD that is sent, be it handled, blocked or ignored (man 2 kqueue).
int Begin() {
  queue = kqueue();
  if (queue == -1) return -errno;
  fcntl(queue, F_SETFD, FD_CLOEXEC);
  struct kevent event;
  EV_SET(&event, SIGCHLD, EVFILT_SIGNAL, EV_ADD | EV_CLEAR, 0, 0, nullptr);
  if (kevent(queue, &event, 1, nullptr, 0, nullptr) == 0) return 0;
  int error = errno;
  End();
  return -error;
}

void Wait() {
  struct kevent event;
  while (kevent(queue, nullptr, 0, &event, 1, nullptr) == -1 && errno == EINTR) continue;
}

void End() {
  close(queue);
  queue = -1;
}

}  // namespace child_events
}  // namespace just_fork
