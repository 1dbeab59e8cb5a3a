#include "os/linux/tasks.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "os/deadline.h"

namespace just_fork {
namespace {

FILE* Open(pid_t task, const char* what) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/%s", task, what);
  return std::fopen(path, "re");
}

}  // namespace

int ListTasks(std::vector<pid_t>* tasks) {
  tasks->clear();
  DIR* folder = opendir("/proc/self/task");
  if (folder == nullptr) return -errno;
  errno = 0;  // which tells an error from the end
  while (dirent* entry = readdir(folder)) {
    if (entry->d_name[0] != '.') tasks->push_back(atoi(entry->d_name));
    errno = 0;
  }
  int error = errno;
  closedir(folder);
  if (error != 0) return -error;
  // A /proc that is of another PID namespace has other numbers for them, by which no call finds them.
  bool ours = std::count(tasks->begin(), tasks->end(), static_cast<pid_t>(syscall(SYS_gettid))) > 0;
  return ours ? 0 : -ENOENT;
}

std::string NameOfTask(pid_t task) {
  FILE* file = Open(task, "comm");
  if (file == nullptr) return {};
  char name[32] = {};
  size_t length = std::fread(name, 1, sizeof name - 1, file);
  std::fclose(file);
  if (length > 0 && name[length - 1] == '\n') length--;
  return {name, length};
}

int LookAtTask(pid_t task, TaskStatus* status) {
  FILE* file = Open(task, "status");
  if (file == nullptr) return -errno;
  char line[256];
  bool found = false;
  while (!found && std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, "State:\t", 7) == 0) {
      status->runs = line[7] == 'R';
      status->sleeps = line[7] == 'S';
    }
    if (std::strncmp(line, "SigBlk:", 7) != 0) continue;
    status->blocked = std::strtoull(line + 7, nullptr, 16);
    found = true;
  }
  std::fclose(file);
  return found ? 0 : -ESRCH;
}

// Of the flags in proc_pid_stat(5): PF_IO_WORKER of the kernel's include/linux/sched.h.
constexpr unsigned kIoWorker = 0x10;

// The name before the flags can have anything in it.
bool IsKernels(pid_t task) {
  FILE* file = Open(task, "stat");
  if (file == nullptr) return false;
  char line[512] = {};
  size_t length = std::fread(line, 1, sizeof line - 1, file);
  std::fclose(file);
  line[length] = '\0';
  const char* name_end = std::strrchr(line, ')');
  unsigned flags = 0;
  return name_end != nullptr && std::sscanf(name_end, ") %*c %*d %*d %*d %*d %*d %u", &flags) == 1 &&
         (flags & kIoWorker) != 0;
}

bool IsGone(int error) { return error == -ENOENT || error == -ESRCH; }

bool SleepsOrIsGone(pid_t task) {
  TaskStatus status;
  int error = LookAtTask(task, &status);
  return IsGone(error) || (error == 0 && status.sleeps);
}

bool OthersHaveSlept(int64_t nanoseconds) {
  Deadline deadline(nanoseconds);
  std::vector<pid_t> awake;
  if (ListTasks(&awake) < 0) return false;
  // The main thread is the one that asks.
  auto rested = [](pid_t task) { return task == getpid() || SleepsOrIsGone(task); };
  for (;;) {
    awake.erase(std::remove_if(awake.begin(), awake.end(), rested), awake.end());
    if (awake.empty()) return true;
    if (deadline.Passed()) return false;
    usleep(100);
  }
}

}  // namespace just_fork
