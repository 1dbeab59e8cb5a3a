#include <fcntl.h>
#include <libproc.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "os/os.h"

namespace just_fork {

// There is no pipe2, dup3 or SOCK_CLOEXEC; nothing else of this process execs in between, since libuv spawns
// from this thread.
int PipeWith(int ends[2], int flags) {
  if (pipe(ends) == -1) return -errno;
  for (int i = 0; i < 2; i++) {
    if (flags & O_CLOEXEC) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    if (flags & O_NONBLOCK) fcntl(ends[i], F_SETFL, O_NONBLOCK);
  }
  return 0;
}

int SocketPairCloseOnExec(int ends[2]) {
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == -1) return -errno;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
}

int DupOntoCloseOnExec(int fd, int target) {
  if (dup2(fd, target) == -1) return -errno;
  fcntl(target, F_SETFD, FD_CLOEXEC);
  return target;
}

int FirstLoopDescriptor() {
  int size = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, nullptr, 0);
  if (size <= 0) return 0;
  std::vector<proc_fdinfo> open(static_cast<size_t>(size) / sizeof(proc_fdinfo));
  size = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, open.data(), size);
  if (size <= 0) return 0;
  open.resize(static_cast<size_t>(size) / sizeof(proc_fdinfo));
  int first = 0;
  for (const proc_fdinfo& one : open) {
    if (one.proc_fdtype == PROX_FDTYPE_KQUEUE && (first == 0 || one.proc_fd < first)) first = one.proc_fd;
  }
  return first;
}

int OpenExitDescriptor(pid_t pid) {
  int fd = kqueue();
  if (fd == -1) return -errno;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  struct kevent event;
  EV_SET(&event, pid, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT, 0, nullptr);
  if (kevent(fd, &event, 1, nullptr, 0, nullptr) == -1) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int OpenReadyDescriptor(int fd, bool to_write) {
  int ready = kqueue();
  if (ready == -1) return -errno;
  fcntl(ready, F_SETFD, FD_CLOEXEC);
  struct kevent event;
  EV_SET(&event, fd, to_write ? EVFILT_WRITE : EVFILT_READ, EV_ADD, 0, 0, nullptr);
  if (kevent(ready, &event, 1, nullptr, 0, nullptr) == 0) return ready;
  int error = errno;
  close(ready);
  return -error;
}

// A kqueue is not inherited: kqueue(2).
bool ChildrenHaveThem() { return false; }

void LeavePollSet(int poll_set, int fd) {
  struct kevent event;
  EV_SET(&event, fd, EVFILT_READ, EV_DELETE, 0, 0, nullptr);
  kevent(poll_set, &event, 1, nullptr, 0, nullptr);
}

bool HasRing() { return false; }

// To open /dev/fd/N is to dup it.
int ReopenPipe(int, int) { return -EINVAL; }

}  // namespace just_fork
