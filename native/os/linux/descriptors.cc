#include <dirent.h>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "os/linux/poll_sets.h"
#include "os/os.h"

namespace just_fork {

int PipeWith(int ends[2], int flags) { return pipe2(ends, flags) == -1 ? -errno : 0; }

int SocketPairCloseOnExec(int ends[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == -1 ? -errno : 0;
}

int DupOntoCloseOnExec(int fd, int target) {
  int result;
  do {
    result = dup3(fd, target, O_CLOEXEC);
  } while (result == -1 && errno == EINTR);
  return result == -1 ? -errno : result;
}

int FirstLoopDescriptor() {
  std::vector<int> poll_sets;
  ListPollSets(&poll_sets);
  for (int fd : poll_sets) {
    if (fd != 0) return fd;
  }
  return 0;
}

int OpenExitDescriptor(pid_t pid) { return PidfdOpen(pid); }

int OpenReadyDescriptor(int fd, bool to_write) {
  int ready = epoll_create1(EPOLL_CLOEXEC);
  if (ready == -1) return -errno;
  epoll_event event = {};
  event.events = to_write ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
  if (epoll_ctl(ready, EPOLL_CTL_ADD, fd, &event) == 0) return ready;
  int error = errno;
  close(ready);
  return -error;
}

bool ChildrenHaveThem() { return true; }

void LeavePollSet(int poll_set, int fd) {
  epoll_event ignored = {};
  epoll_ctl(poll_set, EPOLL_CTL_DEL, fd, &ignored);
}

bool HasRing() {
  DIR* open = opendir("/proc/self/fd");
  if (open == nullptr) return false;
  bool found = false;
  while (const dirent* entry = readdir(open)) {
    char link[32];
    ssize_t length = readlinkat(dirfd(open), entry->d_name, link, sizeof link);
    if (length > 0 && std::string_view(link, static_cast<size_t>(length)) == "anon_inode:[io_uring]")
      found = true;
  }
  closedir(open);
  return found;
}

int ReopenPipe(int fd, int access) {
  std::string link = "/proc/self/fd/" + std::to_string(fd);
  int own = open(link.c_str(), access | O_NONBLOCK | O_CLOEXEC);
  if (own >= 0) return own;
  return errno == ENXIO ? -EPIPE : -errno;  // to write, and nobody has it open to read
}

}  // namespace just_fork
