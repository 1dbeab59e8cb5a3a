// Only in the test build of `npm run steps` (-Dsteps_off=1, Linux): the steps of a fork, each of which
// JUST_FORK_WITHOUT=name,name turns off. The rest of the library does not know of it: the linker's --wrap
// leads every call of one file to a function of another through here, under the names that ld(1) lays down.
// Should such a function be renamed, this build does not load.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "runtime/executor.h"

namespace {

using just_fork::Deadline;
using just_fork::Executor;

bool Without(const char* step) {
  static const char* value = std::getenv("JUST_FORK_WITHOUT");
  static const std::string steps = "," + std::string(value == nullptr ? "" : value) + ",";
  return steps.find("," + std::string(step) + ",") != std::string::npos;
}

sigset_t mask_before;  // the main thread's, at the gateway's first step
pid_t pid_at_start;    // what Node has written into process.pid
Executor* unused_executor =
    new Executor(1, false);  // what the gateway pauses where V8 posts to Node's own workers

}  // namespace

extern "C" {

// executor
bool __real__ZN9just_fork8platform7InstallEPNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(
    std::string*);
bool __wrap__ZN9just_fork8platform7InstallEPNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(
    std::string* problem) {
  return Without("executor") ||
         __real__ZN9just_fork8platform7InstallEPNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE(problem);
}
Executor& __real__ZN9just_fork8platform8executorEv();
Executor& __wrap__ZN9just_fork8platform8executorEv() {
  return Without("executor") ? *unused_executor : __real__ZN9just_fork8platform8executorEv();
}

// stop-workers
bool __real__ZN9just_fork7workers4StopERKNS_8DeadlineE(const Deadline&);
bool __wrap__ZN9just_fork7workers4StopERKNS_8DeadlineE(const Deadline& deadline) {
  return Without("stop-workers") || __real__ZN9just_fork7workers4StopERKNS_8DeadlineE(deadline);
}
int __real__ZN9just_fork14AllOthersSleepEv();
int __wrap__ZN9just_fork14AllOthersSleepEv() {
  return Without("stop-workers") ? 1 : __real__ZN9just_fork14AllOthersSleepEv();
}

// park-pool
bool __real__ZN9just_fork11thread_pool4ParkEP9uv_loop_sbRKNS_8DeadlineE(uv_loop_t*, bool, const Deadline&);
bool __wrap__ZN9just_fork11thread_pool4ParkEP9uv_loop_sbRKNS_8DeadlineE(uv_loop_t* loop, bool shared,
                                                                        const Deadline& deadline) {
  pthread_sigmask(SIG_SETMASK, nullptr, &mask_before);
  return Without("park-pool") ||
         __real__ZN9just_fork11thread_pool4ParkEP9uv_loop_sbRKNS_8DeadlineE(loop, shared, deadline);
}

// idle-workers
bool __real__ZN9just_fork12node_workers4IdleERKNS_8DeadlineE(const Deadline&);
bool __wrap__ZN9just_fork12node_workers4IdleERKNS_8DeadlineE(const Deadline& deadline) {
  return Without("idle-workers") || __real__ZN9just_fork12node_workers4IdleERKNS_8DeadlineE(deadline);
}

// finish-sweeping
void __real__ZN9just_fork9collector13AwaitSweepingERKNS_8DeadlineE(const Deadline&);
void __wrap__ZN9just_fork9collector13AwaitSweepingERKNS_8DeadlineE(const Deadline& deadline) {
  if (!Without("finish-sweeping")) __real__ZN9just_fork9collector13AwaitSweepingERKNS_8DeadlineE(deadline);
}

// pause-executor
bool __real__ZN9just_fork8Executor5PauseERKNS_8DeadlineEb(Executor*, const Deadline&, bool);
bool __wrap__ZN9just_fork8Executor5PauseERKNS_8DeadlineEb(Executor* executor, const Deadline& deadline,
                                                          bool empty) {
  return Without("pause-executor") ||
         __real__ZN9just_fork8Executor5PauseERKNS_8DeadlineEb(executor, deadline, empty);
}
void __real__ZN9just_fork8Executor14ResumeInParentEv(Executor*);
void __wrap__ZN9just_fork8Executor14ResumeInParentEv(Executor* executor) {
  if (!Without("pause-executor")) __real__ZN9just_fork8Executor14ResumeInParentEv(executor);
}

// give-back-unused
void __real__ZN9just_fork6unused8GiveBackEmmm(uintptr_t, size_t, size_t);
void __wrap__ZN9just_fork6unused8GiveBackEmmm(uintptr_t newest, size_t size, size_t used) {
  if (!Without("give-back-unused")) __real__ZN9just_fork6unused8GiveBackEmmm(newest, size, used);
}

// block-signals. JUST_FORK_RAISE: a signal that comes to the child as soon as there is one.
pid_t __real_fork();
pid_t __wrap_fork() {
  if (Without("block-signals")) pthread_sigmask(SIG_SETMASK, &mask_before, nullptr);
  pid_t pid = __real_fork();
  const char* signal = std::getenv("JUST_FORK_RAISE");
  if (pid == 0 && signal != nullptr) kill(getpid(), std::atoi(signal));
  return pid;
}

// lock-loop
void __real__ZN9just_fork4loop4LockEP9uv_loop_s(uv_loop_t*);
void __wrap__ZN9just_fork4loop4LockEP9uv_loop_s(uv_loop_t* loop) {
  if (!Without("lock-loop")) __real__ZN9just_fork4loop4LockEP9uv_loop_s(loop);
}
void __real__ZN9just_fork4loop14UnlockInParentEP9uv_loop_s(uv_loop_t*);
void __wrap__ZN9just_fork4loop14UnlockInParentEP9uv_loop_s(uv_loop_t* loop) {
  if (!Without("lock-loop")) __real__ZN9just_fork4loop14UnlockInParentEP9uv_loop_s(loop);
}

// inherit-heap
void __real__ZN9just_fork4heap7InheritC1Ev(void*);
void __wrap__ZN9just_fork4heap7InheritC1Ev(void* inherit) {
  if (!Without("inherit-heap")) __real__ZN9just_fork4heap7InheritC1Ev(inherit);
}

// keep-heap-out
void __real__ZN9just_fork4heap7InheritD1Ev(void*);
void __wrap__ZN9just_fork4heap7InheritD1Ev(void* inherit) {
  if (!Without("keep-heap-out")) __real__ZN9just_fork4heap7InheritD1Ev(inherit);
}

// renew-executor
void __real__ZN9just_fork8Executor12RenewInChildEv(Executor*);
void __wrap__ZN9just_fork8Executor12RenewInChildEv(Executor* executor) {
  if (!Without("renew-executor")) __real__ZN9just_fork8Executor12RenewInChildEv(executor);
}

// forget-pool
void __real__ZN9just_fork11thread_pool13ForgetInChildEP9uv_loop_s(uv_loop_t*);
void __wrap__ZN9just_fork11thread_pool13ForgetInChildEP9uv_loop_s(uv_loop_t* loop) {
  if (!Without("forget-pool")) __real__ZN9just_fork11thread_pool13ForgetInChildEP9uv_loop_s(loop);
}

// renew-loop
int __real_uv_loop_fork(uv_loop_t*);
int __wrap_uv_loop_fork(uv_loop_t* loop) { return Without("renew-loop") ? 0 : __real_uv_loop_fork(loop); }

// leave-without-joining
void __real__ZN9just_fork4exit19LeaveWithoutJoiningEPN4node11EnvironmentEP9uv_loop_s(node::Environment*,
                                                                                     uv_loop_t*);
void __wrap__ZN9just_fork4exit19LeaveWithoutJoiningEPN4node11EnvironmentEP9uv_loop_s(
    node::Environment* environment, uv_loop_t* loop) {
  if (Without("leave-without-joining")) return;
  __real__ZN9just_fork4exit19LeaveWithoutJoiningEPN4node11EnvironmentEP9uv_loop_s(environment, loop);
}

// own-pid
pid_t __real_getpid();
pid_t __wrap_getpid() {
  if (pid_at_start == 0) pid_at_start = __real_getpid();
  return Without("own-pid") ? pid_at_start : __real_getpid();
}

// renew-random: Math.random takes this process for one that was not forked
bool __real__ZN9just_fork13IsForkedChildEv();
bool __wrap__ZN9just_fork13IsForkedChildEv() {
  return !Without("renew-random") && __real__ZN9just_fork13IsForkedChildEv();
}

// renew-uuids: the batch is not filled anew
int __real_uv_random(uv_loop_t*, uv_random_t*, void*, size_t, unsigned, uv_random_cb);
int __wrap_uv_random(uv_loop_t* loop, uv_random_t* request, void* bytes, size_t length, unsigned flags,
                     uv_random_cb done) {
  return Without("renew-uuids") ? 0 : __real_uv_random(loop, request, bytes, length, flags, done);
}

// leave-channel
int __real__ZN9just_fork19LeaveStreamToParentEP9uv_loop_si(uv_loop_t* loop, int);
int __wrap__ZN9just_fork19LeaveStreamToParentEP9uv_loop_si(uv_loop_t* loop, int fd) {
  return Without("leave-channel") ? 0 : __real__ZN9just_fork19LeaveStreamToParentEP9uv_loop_si(loop, fd);
}

}  // extern "C"
