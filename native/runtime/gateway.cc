#include "runtime/gateway.h"

#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "os/os.h"
#include "runtime/collector.h"
#include "runtime/exit.h"
#include "runtime/forked.h"
#include "runtime/loop.h"
#include "runtime/node_signals.h"
#include "runtime/node_workers.h"
#include "runtime/numbers_taken.h"
#include "runtime/platform.h"
#include "runtime/symbols.h"
#include "runtime/thread_pool.h"
#include "runtime/workers.h"

namespace just_fork {
namespace {

constexpr unsigned kSparesFiles =
    0x013100;  // of libuv's versions, the first that keeps files out of the ring

std::vector<std::string>* missing;
bool is_forked = false;
node::Environment* main_environment;

// No handler may run in the child before the loop is its own, and none in the parent while it holds locks.
class AllSignalsBlocked {
 public:
  AllSignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    // The end of another child, of which nobody hears, would wake another thread to tell it nothing. It would
    // be one of Node's workers, and the next fork could not know that it was idle (node_workers.h).
    if (HasNoHandler(SIGCHLD)) sigdelset(&all, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &all, &old_);
  }
  ~AllSignalsBlocked() { pthread_sigmask(SIG_SETMASK, &old_, nullptr); }

 private:
  static bool HasNoHandler(int signal) {
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == -1) return false;
    return action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN;
  }

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
  // Older ones make it with the loop, and have file requests in flight there, where a child's are lost.
  if (uv_version() < kSparesFiles && HasRing()) {
    missing->push_back("libuv 1.49 for io_uring: start Node with UV_USE_IO_URING=0, or take a newer one");
  }
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
  heap_blocks::Install();
  collector::Install();
  unused::Install();
}

const std::vector<std::string>& MissingForFork() {
  static const std::vector<std::string> not_installed = {"the main thread has not loaded just-fork"};
  return missing == nullptr ? not_installed : *missing;
}

namespace {

// All other threads come to where they hold nothing, one kind after the other. False: some did not in time.
bool BringOthersToRest(uv_loop_t* loop, WithWorkers with, Executor& executor, const Deadline& deadline) {
  collector::AwaitSweeping(deadline);
  bool stop = with == WithWorkers::kStopped;
  if (stop && !workers::Stop(deadline)) return false;
  if (with == WithWorkers::kRisked) workers::Stop(Deadline(10'000'000));
  if (!thread_pool::Park(loop, with != WithWorkers::kNone, deadline)) return false;
  if (!node_workers::Idle(deadline)) return false;
  // What is queued for a Worker's isolate could wait in the child for a thread that is not there.
  return executor.Pause(deadline, stop);
}

void LetOthersGoOn(Executor& executor) {
  executor.ResumeInParent();
  thread_pool::ReleaseInParent();
  workers::ReleaseInParent();
}

// A Worker that begins or ends is not known as one: it is stopped when it sleeps, too. 0 or -errno.
int AwaitSleepOfOthers(const Deadline& deadline) {
  int asleep;
  while ((asleep = AllOthersSleep()) == 0) {
    if (deadline.Passed()) return -EBUSY;
    uv_sleep(0);
  }
  return asleep < 0 ? asleep : 0;
}

}  // namespace

int Fork(uv_loop_t* loop, WithWorkers with, bool heir, int64_t nanoseconds, uintptr_t newest) {
  if (!OnMainThread()) return -EPERM;
  if (!MissingForFork().empty()) return -ENOSYS;
  if (!loop::IsUnderLimit(loop)) return -EMFILE;
  Executor& executor = platform::executor();
  Deadline deadline(nanoseconds);

  // From here on, whatever fails is undone in reverse order.
  if (!BringOthersToRest(loop, with, executor, deadline)) {
    thread_pool::ReleaseInParent();
    workers::ReleaseInParent();
    // A Worker's thread may have to go on for a while before it can be stopped.
    if (with == WithWorkers::kStopped) uv_sleep(1);
    return -EBUSY;
  }
  node_signals::Hold sigint;
  int problem = heap::Complete();
  bool await_sleep = with == WithWorkers::kStopped || sigint.IsOn();
  if (problem == 0 && await_sleep) problem = AwaitSleepOfOthers(deadline);
  if (problem == 0) problem = foreign_polls::Note(uv_backend_fd(loop));
  if (problem != 0) {
    LetOthersGoOn(executor);
    return problem;
  }
  if (collector::HasMoved()) {
    const collector::Space young = collector::Young();
    unused::GiveBack(newest, young.size, young.used);
  }
  exit::FlushStdout();  // what was printed before must not be printed twice

  pid_t pid = -1;
  int error;
  {
    AllSignalsBlocked blocked;
    // libuv opens its lock against signals anew inside of fork() itself. On 0 to 2, where the program has
    // closed these, the child would print into it, and libuv aborts when it is to close one of them, at the
    // fork after. Of the loop's descriptors, that of its asyncs is one that a child has on macOS, too.
    NumbersTaken standard(loop->async_io_watcher.fd, STDERR_FILENO);
    loop::Lock(loop);
    {
      heap::Inherit inherit;
      error = inherit.Error();
      if (error == 0 && (pid = fork()) == -1) error = -errno;
    }
    if (pid != 0) {
      loop::UnlockInParent(loop);
      LetOthersGoOn(executor);
    } else {
      is_forked = true;
      forked::ForgetAllInChild();
      node_workers::ForgetInChild();
      workers::ForgetInChild();
      if (with == WithWorkers::kRisked) workers::CutOffStrangers(loop);
      thread_pool::ForgetInChild(loop);
      int renewed = foreign_polls::RenewInChild();
      if (renewed != 0) GiveUpInChild("renew what native modules wait with", renewed);
      renewed = loop::RenewInChild(loop, heir);
      if (renewed != 0) GiveUpInChild("renew its event loop", renewed);
      executor.RenewInChild();
      // A Ctrl-C just before, below vm's breakOnSigint: it would take the child out of its body.
      symbols::CancelTermination();
      sigint.DropInChild();
      node_signals::LeaveInChild();
      exit::LeaveWithoutJoining(main_environment, loop);
    }
  }
  if (pid == -1) return error;
  if (pid > 0) forked::Remember(pid);
  return pid;
}

bool StopsWorkers() { return platform::SeesWorkers(); }

void EndWorkersInChild() { workers::EndInChild(main_environment); }

bool IsForkedChild() { return is_forked; }

}  // namespace just_fork
