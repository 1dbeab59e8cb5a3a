#pragma once

#include <sys/epoll.h>

#include <vector>

namespace just_fork {

// The epoll descriptors of this process, from the lowest; none where there is no descriptor left to look
// with.
std::vector<int> ListPollSets();

// The same, those of one set together.
std::vector<std::vector<int>> GroupBySet(const std::vector<int>& poll_sets);

struct PollEntry {
  int fd;
  epoll_event event;
};

// What is entered in a set; see man 5 proc_pid_fdinfo.
std::vector<PollEntry> EntriesOfPollSet(int fd);

}  // namespace just_fork
