#pragma once

#include <sys/epoll.h>

#include <vector>

namespace just_fork {

// Each is 0, or -errno: EMFILE where there is no descriptor left to look with.

// The epoll descriptors of this process, from the lowest.
int ListPollSets(std::vector<int>* found);

// The same, those of one set together.
int GroupBySet(const std::vector<int>& poll_sets, std::vector<std::vector<int>>* groups);

struct PollEntry {
  int fd;
  epoll_event event;
};

// What is entered in a set; see man 5 proc_pid_fdinfo.
int EntriesOfPollSet(int fd, std::vector<PollEntry>* entries);

}  // namespace just_fork
