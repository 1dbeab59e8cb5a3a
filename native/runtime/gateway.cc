#include "runtime/gateway.h"

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "os/os.h"
#include "runtime/exit.h"
#include "runtime/forked.h"
#include "runtime/loop.h"
#include "runtime/node_workers.h"
#include "runtime/platform.h"
#include "runtime/symbols.h"
#include "runtime/thread_pool.h"

namespace just_fork {
namespace {

std::vector<std::string>* missing;
bool is_forked = false;
node::Environment* main_environment;

// No handler may run in the child before the loop is its own, and none in the parent while it holds locks.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &old_, nullptr); }

 private:
  sigset_t old_;
};

[[noreturn]] void GiveUpInChild(const char* step, int error) {
  std::fprintf(stderr, "just-fork: child %d cannot %s: %s\n", getpid(), step, uv_strerror(error));
  _exit(70);  // sysexits.h: EX_SOFTWARE
}

}  // namespace

void StayLoaded() {
  Dl_info info;
  if (dladdr(reinterpret_cast<void*>(&StayLoaded), &info) != 0) {
    dlopen(info.dli_fname, RTLD_NOW | RTLD_NODELETE | RTLD_NOLOAD);
  }
}

void InstallRuntime(uv_loop_t* loop) {
  if (missing != nullptr) return;
  missing = new std::vector<std::string>(symbols::Load());
  if (!missing->empty()) return;
  main_environment = symbols::CurrentEnvironment();
  std::string problem;
  // The platform first: it sees whether another copy of this package serves the process, and then nothing is
  // changed.
  if (!platform::Install(&problem) || !held_locks::Install(&problem) || !heap::Install(&problem)) {
    missing->push_back(problem);
    return;
  }
  thread_pool::Install(loop);
}

const std::vector<std::string>& MissingForFork() {
  static const std::vector<std::string> not_installed = {"the main thread has not loaded just-fork"};
  return missing == nullptr ? not_installed : *missing;
}

int Fork(uv_loop_t* loop, bool with_workers, bool heir, uint64_t nanoseconds) {
  if (!OnMainThread()) return -EPERM;
  if (!MissingForFork().empty()) return -ENOSYS;
  if (!loop::IsUnderLimit(loop)) return -EMFILE;
  Executor& executor = platform::executor();
  Deadline deadline(nanoseconds);

  // From here on, whatever fails is undone in reverse order.
  if (!thread_pool::Park(loop, with_workers, deadline) || !node_workers::Idle(deadline)) {
    thread_pool::ReleaseInParent();
    return -EBUSY;
  }
  if (!executor.Pause(deadline)) {
    thread_pool::ReleaseInParent();
    return -EBUSY;
  }
  int incomplete = heap::Complete();
  if (incomplete != 0) {
    executor.ResumeInParent();
    thread_pool::ReleaseInParent();
    return incomplete;
  }
  exit::FlushStdout();  // what was printed before must not be printed twice

  pid_t pid;
  int error;
  {
    AllSignalsBlocked blocked;
    loop::Lock(loop);
    {
      heap::Inherit inherit;
      pid = fork();
      error = errno;
    }
    if (pid != 0) {
      loop::UnlockInParent(loop);
      executor.ResumeInParent();
      thread_pool::ReleaseInParent();
    } else {
      is_forked = true;
      held_locks::ForgetInChild();
      forked::ForgetAllInChild();
      executor.RenewInChild();
      node_workers::ForgetInChild();
      thread_pool::ForgetInChild(loop);
      int renewed = loop::RenewInChild(loop, heir);
      if (renewed != 0) GiveUpInChild("renew its event loop", renewed);
      exit::LeaveWithoutJoining(main_environment);
    }
  }
  if (pid == -1) return -error;
  if (pid > 0) forked::Remember(pid);
  return pid;
}

bool IsForkedChild() { return is_forked; }

}  // namespace just_fork
