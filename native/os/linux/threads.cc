#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "os/os.h"

namespace just_fork {

ThreadId CurrentThread() { return static_cast<ThreadId>(syscall(SYS_gettid)); }

bool OnMainThread() { return CurrentThread() == static_cast<ThreadId>(getpid()); }

uint64_t CpuTimeOf(ThreadId thread) {
  // The clock of a thread is named by its id (linux/posix-timers.h: CPUCLOCK_PERTHREAD_MASK |
  // CPUCLOCK_SCHED).
  clockid_t clock = static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | 6);
  timespec time;
  if (clock_gettime(clock, &time) == -1) return UINT64_MAX;
  return static_cast<uint64_t>(time.tv_sec) * 1000000000u + static_cast<uint64_t>(time.tv_nsec);
}

unsigned CountThreadsNamed(const char* name) {
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  unsigned count = 0;
  while (dirent* task = readdir(tasks)) {
    if (task->d_name[0] == '.') continue;
    char path[300];
    std::snprintf(path, sizeof path, "/proc/self/task/%s/comm", task->d_name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) continue;
    char comm[32] = {};
    ssize_t length = read(fd, comm, sizeof comm - 1);
    close(fd);
    if (length > 0 && comm[length - 1] == '\n') comm[length - 1] = '\0';
    if (std::strcmp(comm, name) == 0) count++;
  }
  closedir(tasks);
  return count;
}

bool ProfilerRuns() {
  // It interrupts the main thread by SIGPROF, and puts the handler back when the last profile ends: most
  // forks are spared the look at each thread.
  struct sigaction profile;
  if (sigaction(SIGPROF, nullptr, &profile) == 0 && profile.sa_handler == SIG_DFL) return false;
  return CountThreadsNamed("v8:ProfEvntProc") > 0;
}

size_t SizeOfVtable(const void* vtable) {
  Dl_info info;
  const ElfW(Sym)* symbol = nullptr;
  void** extra = reinterpret_cast<void**>(const_cast<ElfW(Sym)**>(&symbol));
  if (dladdr1(vtable, &info, extra, RTLD_DL_SYMENT) == 0 || symbol == nullptr) return 0;
  return info.dli_saddr == vtable ? symbol->st_size : 0;
}

}  // namespace just_fork
