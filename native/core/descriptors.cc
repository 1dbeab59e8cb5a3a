#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/inherited.h"
#include "core/posix.h"
#include "os/os.h"

namespace just_fork {

int Pipe(int ends[2]) { return PipeWith(ends, O_CLOEXEC); }

int PipeAboveStandard(int ends[2]) {
  int error = Pipe(ends);
  for (int i = 0; error >= 0 && i < 2; i++) {
    if (ends[i] > STDERR_FILENO) continue;
    int above = fcntl(ends[i], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    error = above == -1 ? -errno : 0;
    Close(ends[i]);
    ends[i] = above;
    if (error < 0) Close(ends[1 - i]);
  }
  return error;
}

int Close(int fd) {
  // Not restarted after EINTR: Linux has closed the descriptor by then, and a second close could hit
  // somebody else's (man 2 close, "Dealing with error returns from close()").
  return close(fd) == -1 && errno != EINTR ? -errno : 0;
}

ssize_t Read(int fd, void* buffer, size_t length) {
  ssize_t count;
  do {
    count = read(fd, buffer, length);
  } while (count == -1 && errno == EINTR);
  return count == -1 ? -errno : count;
}

// A signal also cuts short what has begun: where the kernel would have waited, the rest follows. A file is
// short of room, and asked again it would raise SIGXFSZ.
ssize_t Write(int fd, const void* buffer, size_t length) {
  size_t written = 0;
  for (;;) {
    ssize_t count = write(fd, static_cast<const char*>(buffer) + written, length - written);
    if (count == -1 && errno == EINTR) continue;
    if (count == -1) return written > 0 ? static_cast<ssize_t>(written) : -errno;
    written += static_cast<size_t>(count);
    struct stat file;
    if (written == length || count == 0 || fstat(fd, &file) == -1 || S_ISREG(file.st_mode)) {
      return static_cast<ssize_t>(written);
    }
  }
}

namespace {

// What a service has for stdin and stdout: devices on which no call ever waits.
bool IsNullDevice(const struct stat& file) {
  if (!S_ISCHR(file.st_mode)) return false;
  for (const char* path : {"/dev/null", "/dev/zero"}) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat device;
    bool same = fstat(fd, &device) == 0 && S_ISCHR(device.st_mode) && device.st_rdev == file.st_rdev;
    Close(fd);
    if (same) return true;
  }
  return false;
}

bool NeverWaits(const struct stat& file) {
  return S_ISREG(file.st_mode) || S_ISDIR(file.st_mode) || IsNullDevice(file);
}

}  // namespace

int OpenWithoutWaiting(int fd, bool to_write) {
  int flags = fcntl(fd, F_GETFL);
  if (flags == -1) return -errno;
  int access = flags & O_ACCMODE;
  if (access == (to_write ? O_RDONLY : O_WRONLY)) return -EBADF;  // as read and write say
  struct stat file;
  if (fstat(fd, &file) == -1) return -errno;
  if (!(flags & O_NONBLOCK)) {
    if (S_ISFIFO(file.st_mode)) return ReopenPipe(fd, to_write ? O_WRONLY : O_RDONLY);
    // A socket's calls are told one by one not to wait.
    if (!S_ISSOCK(file.st_mode) && !NeverWaits(file)) return -EINVAL;
  }
  return Dup(fd);
}

ssize_t ReadNow(int fd, void* buffer, size_t length) {
  if (length == 0) return Read(fd, buffer, length);  // which does not wait; recv would
  ssize_t count;
  do {
    count = recv(fd, buffer, length, MSG_DONTWAIT);
  } while (count == -1 && errno == EINTR);
  if (count == -1 && errno == ENOTSOCK) return Read(fd, buffer, length);
  return count == -1 ? -errno : count;
}

ssize_t WriteNow(int fd, const void* buffer, size_t length) {
  ssize_t count;
  do {
    count = send(fd, buffer, length, MSG_DONTWAIT);
  } while (count == -1 && errno == EINTR);
  if (count == -1 && errno == ENOTSOCK) return Write(fd, buffer, length);
  return count == -1 ? -errno : count;
}

int Dup(int fd) {
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  return copy == -1 ? -errno : copy;
}

int Dup2(int fd, int target, int inheritable) {
  if (fd == target) return fcntl(fd, F_GETFD) == -1 ? -errno : target;  // nothing to do, not even to the flag
  if (inheritable) return DupOnto(fd, target);
  int result = DupOntoCloseOnExec(fd, target);
  if (result >= 0) inherited::Withhold(target);
  return result;
}

int DupOnto(int fd, int target) {
  int result;
  do {
    result = dup2(fd, target);
  } while (result == -1 && errno == EINTR);
  return result == -1 ? -errno : result;
}

int IsTerminal(int fd) {
  if (isatty(fd)) return 1;
  return errno == EBADF ? -EBADF : 0;
}

int Inheritable(int fd) {
  int flags = fcntl(fd, F_GETFD);
  return flags == -1 ? -errno : (flags & FD_CLOEXEC) == 0;
}

int SetInheritable(int fd, int inheritable) {
  int flags = fcntl(fd, F_GETFD);
  if (flags == -1) return -errno;
  flags = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  if (fcntl(fd, F_SETFD, flags) == -1) return -errno;
  if (!inheritable) inherited::Withhold(fd);
  return 0;
}

int Blocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  return flags == -1 ? -errno : (flags & O_NONBLOCK) == 0;
}

int SetBlocking(int fd, int blocking) {
  int flags = fcntl(fd, F_GETFL);
  if (flags == -1) return -errno;
  int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  return wanted != flags && fcntl(fd, F_SETFL, wanted) == -1 ? -errno : 0;
}

int CanBePolled(int fd) {
  int ready = OpenReadyDescriptor(fd, false);
  if (ready >= 0) return close(ready), 1;
  return ready == -EPERM || ready == -EINVAL ? 0 : ready;  // of epoll, of kqueue
}

namespace {

// A socket without address or peer can be polled, and nothing will ever come.
int SilentSocket() {
  int silent = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (silent != -1 || errno == EMFILE) return silent;
  // Where these are forbidden (RestrictAddressFamilies= of systemd), pairs are not: one that leaves its peer
  // is the same.
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == -1) return -1;
  sockaddr nobody = {};
  nobody.sa_family = AF_UNSPEC;
  connect(ends[0], &nobody, sizeof nobody);
  close(ends[1]);
  return ends[0];
}

}  // namespace

int Deafen(int fd) {
  int silent = SilentSocket();
  if (silent == -1 && errno == EMFILE) {
    close(fd);  // makes room for it, at the same number
    silent = SilentSocket();
  }
  if (silent == -1) return -errno;
  SetBlocking(silent, 0);  // whoever reads it all the same is not to wait
  int result = silent == fd ? fd : DupOnto(silent, fd);
  if (result >= 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
  if (silent != fd) close(silent);
  return result < 0 ? result : 0;
}

}  // namespace just_fork
