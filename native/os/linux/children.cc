#include <dirent.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "os/linux/files.h"
#include "os/os.h"

namespace just_fork {
namespace {

// man 5 proc, /proc/pid/stat: the parent's pid is the second field behind the command's closing bracket.
pid_t ParentOf(const char* pid) {
  char path[300];
  std::snprintf(path, sizeof path, "/proc/%s/stat", pid);
  std::string stat = ReadFile(path);
  size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos || bracket + 4 > stat.size()) return -1;
  return static_cast<pid_t>(std::atoi(stat.c_str() + bracket + 4));
}

}  // namespace

// Not /proc/self/task/*/children: that list may leave out children while others end (man 5 proc).
std::vector<pid_t> ListChildren() {
  std::vector<pid_t> children;
  DIR* processes = opendir("/proc");
  if (processes == nullptr) return children;
  pid_t self = getpid();
  while (dirent* entry = readdir(processes)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (ParentOf(entry->d_name) == self) children.push_back(static_cast<pid_t>(std::atoi(entry->d_name)));
  }
  closedir(processes);
  return children;
}

void NameContinued(idtype_t, id_t, siginfo_t*) {}

}  // namespace just_fork
