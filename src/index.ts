// Just fork(), they say. `import * as os from 'just-fork'` reads like Python's os.

// For the declarations: a program that says nothing of Node's types in its tsconfig.json gets them with these.
/// <reference types="node" preserve="true" />

/**
 * All calls of the package. Three rules hold for each of them:
 *
 * - Arguments are checked before any system call: a `TypeError` or `RangeError` with ERR_INVALID_ARG_TYPE,
 *   ERR_OUT_OF_RANGE, ERR_INVALID_ARG_VALUE or ERR_UNKNOWN_SIGNAL.
 * - A system call that fails throws a {@link SystemError}: `code` ('ECHILD'), `errno` (negative) and `syscall`.
 * - What a signal interrupts goes on, for the time that is left. EINTR is never thrown.
 *
 * On Windows the package loads, and each call that needs the system throws ENOSYS.
 *
 * @module just-fork
 */

import { endThroughOneDoor } from './child/exit.js';
import { askForPids } from './child/pids.js';
import { installRandom } from './child/random.js';
import { isForkedChild } from './child/repair.js';
import { refuseCalls } from './windows.js';

// What must be in place before other code of the program keeps the originals.
installRandom();
endThroughOneDoor(isForkedChild);
askForPids();

export { type Capabilities, capabilities } from './capabilities.js';
export { type ForkHooks, type ForkOptions, fork, isForkedChild, onFork } from './child/fork.js';
export { type Child, type ForkChildOptions, forkChild } from './child/fork-child.js';
export type { SystemError } from './errors.js';
export { SharedBarrier } from './memory/barrier.js';
export { useHugePages } from './memory/huge-pages.js';
export { type Locked, SharedMutex } from './memory/mutex.js';
export { SharedSemaphore } from './memory/semaphore.js';
export { sharedMemory } from './memory/shared-memory.js';
export { ChildDiedError, type Place, RemoteError } from './pool/errors.js';
export type { Exit } from './pool/exit.js';
export type { Backoff, KeepOptions } from './pool/keep-options.js';
export type { Keeper } from './pool/keeper.js';
export type { Mapper } from './pool/map-calls.js';
export type { MapOptions, PoolOptions, RunOptions, Spawn } from './pool/options.js';
export { ForkPool, type Item, type SettledItem } from './pool/pool.js';
export { Slots } from './pool/slots.js';
export type { PoolStats, PoolTimes } from './pool/stats.js';
export { setChildSubreaper, setParentDeathSignal } from './posix/adoption.js';
export { daemon } from './posix/daemon.js';
export {
  close,
  dup,
  dup2,
  getBlocking,
  getInheritable,
  isatty,
  O_CLOEXEC,
  O_NONBLOCK,
  pipe,
  pipe2,
  read,
  setBlocking,
  setInheritable,
  socketpair,
  write,
} from './posix/descriptors.js';
export { readAsync, writeAsync } from './posix/descriptors-async.js';
export { type Detached, detach } from './posix/detach.js';
export { type Environment, execv, execve, execvp, execvpe } from './posix/exec.js';
export {
  getpgid,
  getpgrp,
  getsid,
  setpgid,
  setpgrp,
  setsid,
  tcgetpgrp,
  tcsetpgrp,
} from './posix/groups.js';
export {
  getrlimit,
  type Resource,
  RLIM_INFINITY,
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_MEMLOCK,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_STACK,
  setrlimit,
} from './posix/limits.js';
export { pidfdOpen, pidfdSendSignal } from './posix/pidfd.js';
export { getpriority, nice, PRIO_PGRP, PRIO_PROCESS, PRIO_USER, setpriority } from './posix/priority.js';
export { _exit, getpid, getppid, kill, killpg } from './posix/process.js';
export {
  type DecodedStatus,
  decodeStatus,
  WCOREDUMP,
  WEXITSTATUS,
  WIFCONTINUED,
  WIFEXITED,
  WIFSIGNALED,
  WIFSTOPPED,
  WSTOPSIG,
  WTERMSIG,
  waitstatusToExitcode,
} from './posix/status.js';
export {
  getrusage,
  type ResourceUsage,
  RUSAGE_CHILDREN,
  RUSAGE_SELF,
  type Times,
  times,
} from './posix/usage.js';
export {
  type UsageResult,
  type WaitResult,
  WCONTINUED,
  WNOHANG,
  WUNTRACED,
  wait,
  wait3,
  wait4,
  waitall,
  waitpid,
} from './posix/wait.js';
export { wait3Async, wait4Async, waitAsync, waitidAsync } from './posix/wait-async.js';
export { P_ALL, P_PGID, P_PID, P_PIDFD, WEXITED, WNOWAIT, WSTOPPED, waitid } from './posix/waitid.js';
export { waitpidAsync } from './posix/waitpid-async.js';
export { type Disposition, getdisposition, raise, sigaction } from './signals/action.js';
export {
  CLD_CONTINUED,
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  CLD_STOPPED,
  CLD_TRAPPED,
  SI_USER,
  type SignalInfo,
} from './signals/info.js';
export {
  pthread_sigmask,
  SIG_BLOCK,
  SIG_SETMASK,
  SIG_UNBLOCK,
  sigpending,
  sigprocmask,
} from './signals/mask.js';
export {
  alarm,
  getitimer,
  ITIMER_PROF,
  ITIMER_REAL,
  ITIMER_VIRTUAL,
  setitimer,
} from './signals/timers.js';
export {
  pause,
  sigsuspend,
  sigtimedwait,
  sigwait,
  sigwaitAsync,
  sigwaitinfo,
} from './signals/wait.js';
export type { ChromeEvent, ChromeTrace } from './trace/chrome.js';
export type { TraceEvent, WaitFor } from './trace/events.js';
export type { TraceExec, TraceProcess, TraceWait } from './trace/processes.js';
export { startTrace, type Trace, type TraceOptions, type TraceRecord } from './trace/trace.js';
export type { Signal, SignalName } from './validate.js';

// esbuild makes each export above a getter. As plain values they are found sooner, which counts in a child: there
// the first use of each is new to V8, and the way through a getter took 0.2 ms of a fork of 1.6 ms.
const calls = process.platform === 'win32' ? refuseCalls(module.exports) : { ...module.exports };
module.exports = Object.defineProperty(calls, '__esModule', { value: true });
