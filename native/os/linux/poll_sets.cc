#include "os/linux/poll_sets.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace just_fork {
namespace {

// A descriptor that is in no set, and on which nothing ever comes.
class Probe {
 public:
  Probe() : fd_(eventfd(0, EFD_CLOEXEC)), error_(fd_ == -1 ? -errno : 0) {}
  ~Probe() {
    if (fd_ != -1) close(fd_);
  }

  bool Enter(int set) const {
    epoll_event nothing = {};
    return epoll_ctl(set, EPOLL_CTL_ADD, fd_, &nothing) == 0;
  }
  bool TakeOut(int set) const {
    epoll_event ignored = {};
    return epoll_ctl(set, EPOLL_CTL_DEL, fd_, &ignored) == 0;
  }
  // EINVAL: no epoll descriptor. That takes a fraction of what reading its link in /proc does.
  bool IsPollSet(int fd) const { return !TakeOut(fd) && errno == ENOENT; }
  int Error() const { return error_; }

 private:
  int fd_;
  int error_;
};

// Above all that are open: the size of the kernel's table of descriptors. Or -errno.
int EndOfDescriptors() {
  FILE* file = std::fopen("/proc/self/status", "re");
  if (file == nullptr) return -errno;
  char line[256];
  int size = 0;
  while (size == 0 && std::fgets(line, sizeof line, file) != nullptr) std::sscanf(line, "FDSize: %d", &size);
  std::fclose(file);
  return size > 0 ? size : -ENOSYS;
}

}  // namespace

int ListPollSets(std::vector<int>* found) {
  int end = EndOfDescriptors();
  if (end < 0) return end;
  Probe probe;
  if (probe.Error() != 0) return probe.Error();
  for (int fd = 0; fd < end; fd++) {
    if (probe.IsPollSet(fd)) found->push_back(fd);
  }
  return 0;
}

int GroupBySet(const std::vector<int>& poll_sets, std::vector<std::vector<int>>* groups) {
  std::vector<int> rest = poll_sets;
  Probe probe;
  if (probe.Error() != 0) return probe.Error();
  while (!rest.empty()) {
    // What is entered by one number can be taken out by another one of the same set.
    std::vector<int> group = {rest.front()}, others;
    if (!probe.Enter(group.front())) return -errno;
    for (size_t i = 1; i < rest.size(); i++) {
      bool same = probe.TakeOut(rest[i]);
      (same ? group : others).push_back(rest[i]);
      if (same && !probe.Enter(group.front())) return -errno;
    }
    probe.TakeOut(group.front());
    groups->push_back(group);
    rest = others;
  }
  return 0;
}

int EntriesOfPollSet(int fd, std::vector<PollEntry>* entries) {
  char line[256];
  std::snprintf(line, sizeof line, "/proc/self/fdinfo/%d", fd);
  FILE* file = std::fopen(line, "re");
  if (file == nullptr) return -errno;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    PollEntry entry = {};
    unsigned int events;
    unsigned long long data;
    if (std::sscanf(line, "tfd: %d events: %x data: %llx", &entry.fd, &events, &data) != 3) continue;
    entry.event.events = events;
    entry.event.data.u64 = data;
    entries->push_back(entry);
  }
  std::fclose(file);
  return 0;
}

}  // namespace just_fork
