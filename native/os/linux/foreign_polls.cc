// What a native module has entered in an epoll set, a thread of its own hears of, with a pointer into this
// process. A fork shares the set: what the module enters in the child would be told to the parent's thread,
// which would follow the child's pointer. (impit, by tokio: the parent died of SIGSEGV each time.) So the
// child gets copies of the sets.
#include <link.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "os/linux/module.h"
#include "os/linux/poll_sets.h"
#include "os/os.h"

namespace just_fork {
namespace foreign_polls {
namespace {

std::vector<int>* noted;

struct Search {
  uintptr_t own;
  bool found;
};

int Look(dl_phdr_info* info, size_t, void* data) {
  auto* search = static_cast<Search*>(data);
  const char* dot = strrchr(info->dlpi_name, '.');
  search->found = info->dlpi_addr != search->own && dot != nullptr && strcmp(dot, ".node") == 0;
  return search->found ? 1 : 0;
}

int CountLoads(dl_phdr_info* info, size_t, void* data) {
  *static_cast<unsigned long long*>(data) = info->dlpi_adds;
  return 1;  // it is in each
}

// Whether any native module but this has been loaded. Looked at again when something was.
bool AreModulesLoaded() {
  static unsigned long long seen = 0;
  static Search search = {};
  unsigned long long loads = 0;
  dl_iterate_phdr(CountLoads, &loads);
  if (search.found || loads == seen) return search.found;
  seen = loads;
  Module own;
  if (FindModule(reinterpret_cast<const void*>(&AreModulesLoaded), &own)) search.own = own.base;
  dl_iterate_phdr(Look, &search);
  return search.found;
}

}  // namespace

int Note(int own) {
  if (noted != nullptr) noted->clear();
  if (!AreModulesLoaded()) return 0;
  if (noted == nullptr) noted = new std::vector<int>;
  int error = ListPollSets(noted);
  noted->erase(std::remove(noted->begin(), noted->end(), own), noted->end());
  return error;
}

namespace {

// A set of which the child is to have a copy, under all its numbers.
struct Set {
  std::vector<int> numbers;
  std::vector<PollEntry> entries;
};

int FindSets(std::vector<Set>* sets) {
  std::vector<std::vector<int>> groups;
  int error = GroupBySet(*noted, &groups);
  for (const std::vector<int>& numbers : groups) {
    sets->push_back({numbers, {}});
    if (error == 0) error = EntriesOfPollSet(numbers.front(), &sets->back().entries);
  }
  return error;
}

// A number that has got above the limit since cannot be had again: the module has no set then, and finds
// EBADF.
int Replace(const Set& set) {
  for (int fd : set.numbers) close(fd);  // first: there may be room for no other
  int fresh = epoll_create1(EPOLL_CLOEXEC);
  if (fresh == -1) return -errno;
  bool taken = false;
  for (int fd : set.numbers) {
    if (fd == fresh) {
      taken = true;
    } else {
      int result = DupOntoCloseOnExec(fresh, fd);
      if (result < 0 && result != -EBADF) return result;
    }
  }
  if (!taken) close(fresh);
  return 0;
}

}  // namespace

int RenewInChild() {
  if (noted == nullptr || noted->empty()) return 0;
  std::vector<Set> sets;
  int error = FindSets(&sets);
  for (const Set& set : sets) {
    if (error == 0) error = Replace(set);
  }
  if (error != 0) return error;
  // When all are there, for one may be entered in another. What has been closed since is not.
  for (const Set& set : sets) {
    for (PollEntry entry : set.entries) {
      bool entered = epoll_ctl(set.numbers.front(), EPOLL_CTL_ADD, entry.fd, &entry.event) == 0;
      if (!entered && (errno == ENOMEM || errno == ENOSPC)) return -errno;
    }
  }
  return 0;
}

}  // namespace foreign_polls
}  // namespace just_fork
