#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>

#include "os/linux/got.h"
#include "os/linux/module.h"
#include "os/linux/tasks.h"
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

bool MayBeAwake(ThreadId thread) {
  TaskStatus status;
  return LookAtTask(static_cast<pid_t>(thread), &status) == 0 && !status.sleeps;
}

int AllOthersSleep() {
  std::vector<pid_t> tasks;
  int error = ListTasks(&tasks);
  if (error < 0) return error;
  for (pid_t task : tasks) {
    if (static_cast<ThreadId>(task) == CurrentThread()) continue;
    TaskStatus status;
    error = LookAtTask(task, &status);
    if (IsGone(error)) continue;
    if (error < 0) return error;
    if (!status.sleeps && !IsKernels(task)) return 0;
  }
  return 1;
}

std::vector<ThreadId> AllThreads() {
  std::vector<pid_t> tasks;
  ListTasks(&tasks);
  return {tasks.begin(), tasks.end()};
}

unsigned CountThreadsNamed(const char* name) {
  std::vector<pid_t> tasks;
  if (ListTasks(&tasks) < 0) return 0;
  return static_cast<unsigned>(
      std::count_if(tasks.begin(), tasks.end(), [&](pid_t task) { return NameOfTask(task) == name; }));
}

// Node joins through libuv, which distributions of Linux build as a library of its own.
bool RedirectJoin(int (*join)(pthread_t, void**)) {
  return RedirectImport(reinterpret_cast<void*>(uv_thread_join), "pthread_join",
                        reinterpret_cast<void*>(join));
}

bool ProfilerRuns() {
  // It interrupts the main thread by SIGPROF, and puts the handler back when the last profile ends: most
  // forks are spared the look at each thread.
  struct sigaction profile;
  if (sigaction(SIGPROF, nullptr, &profile) == 0 && profile.sa_handler == SIG_DFL) return false;
  return CountThreadsNamed("v8:ProfEvntProc") > 0;
}

size_t SizeOfVtable(const void* vtable) { return SizeOfSymbol(vtable); }

}  // namespace just_fork
