import { EBUSY, invalidType, systemError } from '../errors.js';
import { native } from '../native.js';
import { now } from '../timers.js';
import { recorder } from '../trace/recorder.js';
import { boolean, integer, isObject, object } from '../validate.js';
import { rehearseBody, runIfChild } from './body.js';
import { awaitCertificates } from './certificates.js';
import { dropConnections, findConnections } from './connections.js';
import { busy, inWorker, unsupported } from './errors.js';
import { rehearseExit } from './exit.js';
import { type ForkHooks, onFork, rehearseHooks, runAfterHooks, runBeforeHooks } from './hooks.js';
import { obstacles, passingObstacles } from './obstacles.js';
import { bequeathOutput } from './output.js';
import { findRandomBatches } from './random.js';
import { isForkedChild, rehearseRepair, repairIfChild } from './repair.js';
import { isInterruptible, prepareSigint } from './vm.js';
import { admitWorkers, type WithWorkers } from './workers.js';
import { settleYoung } from './young.js';

// They watch what a child would have to put right.
import './channel.js';
import './cluster.js';
import './programs.js';

export { type ForkHooks, isForkedChild, onFork };

/** How one fork is made. */
export interface ForkOptions {
  /**
   * How long to wait, in milliseconds, for thread-pool and background work to end: 0 to 2^31 - 1.
   * @default 1000
   */
  timeout?: number | undefined;
  /**
   * Forks also beside Worker threads that cannot be stopped for it: those of a module loader and of esbuild that are older
   * than the package, and any that does not come to a stop within 10 ms. The child can hang: such a Worker may hold a lock
   * at that moment, inside V8, Node or a native module, that the child then waits for. It can crash when it sends to a port
   * whose other end such a Worker has. Safe only if you know them to be idle.
   * @default false
   */
  allowWorkers?: boolean | undefined;
}

/** The same, with what was left out. */
export type CheckedForkOptions = { readonly [Name in keyof ForkOptions]-?: NonNullable<ForkOptions[Name]> };

/** What this process lacks; it does not change while it runs. */
let lacking: string[] | undefined;

/**
 * Background work can itself wait for the main thread's JavaScript, so the time is spent in turns, each twice as long as
 * the one before: in milliseconds, the first.
 */
const FIRST_TURN = 50;

/**
 * Makes a second process, which is a copy of this one and goes on from this very call: the same variables, the same
 * call stack, a live event loop. See fork(2).
 *
 * The child has its own copy of everything in memory (copied page by page as it is written to), and shares what is
 * outside: open files and sockets, with their positions. Thread-pool work in flight is finished first, and is seen to
 * complete in both. Worker threads are stopped for that moment, and are the parent's alone, as are programs started with
 * child_process.
 *
 * @param options how long it may wait for what runs beside the main thread. Default { timeout: 1000, allowWorkers: false }.
 * @returns 0 in the child, and the child's pid in the parent.
 * @throws ERR_FORK_IN_WORKER: not on the main thread.
 * @throws ERR_FORK_UNSUPPORTED: this runtime lacks what a safe fork needs; the message says what.
 * @throws ERR_FORK_WORKERS_RUNNING: Worker threads run that are older than the package, or a module loader's, and
 *   `allowWorkers` was not set or does not help.
 * @throws ERR_FORK_BUSY: thread-pool or background work did not end in time, or a Worker not stop. Nothing has changed.
 * @throws EAGAIN: too many processes. ENOMEM: not enough memory. EMFILE: RLIMIT_NOFILE is below the descriptors of the event
 *   loop, whose like the child must open; or none is left to look with at Workers, a native module, or V8's memory (in a first
 *   fork, if the machine was busy when the package was loaded). ENOSYS: on Windows.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `options`. What a `before` hook of onFork() throws. Nothing was forked.
 */
export function fork(options?: ForkOptions): number;
/**
 * The block form: the child runs `body` and ends. The call returns in the parent alone.
 *
 * @param body runs in the child; what it returns is the exit code, nothing means 0. An uncaught error is printed as
 *   Node prints it, and the exit code is 1. It must be synchronous: for an async body use forkChild.
 * @param options the same.
 * @returns the child's pid; in the child it does not return.
 * @throws the same, in the parent.
 */
export function fork(body: () => number | void, options?: ForkOptions): number;
export function fork(first?: (() => number | void) | ForkOptions, second?: ForkOptions): number {
  const body = typeof first === 'function' ? first : undefined;
  if (body === undefined && first !== undefined && !isObject(first)) {
    throw invalidType('body', 'of type function, or options of type object', first);
  }
  if (body === undefined && second !== undefined)
    throw invalidType('body', 'of type function, and comes first', first);
  const options = checkedOptions(body === undefined ? first : second);
  if (body !== undefined) return forkAndRun(body, options);
  refuseReturnFromVm();
  return forkChecked(options);
}

/** Whatever is thrown in the child, even for want of stack, does not come to who called: natively, there is always room. */
function forkAndRun(body: () => number | void, options: CheckedForkOptions): number {
  const parent = native.getpid();
  rehearseBody();
  try {
    const pid = forkChecked(options);
    runIfChild(pid, body);
    return pid;
  } catch (error) {
    if (native.getpid() === parent) throw error;
    native.reportUncaught(error);
  } finally {
    if (native.getpid() !== parent) native.leave(1);
  }
  return 0; // never: that was the child's
}

/**
 * For a parent that ends at once: what is its own to remove, as the path of a Unix socket, is the child's from then on, and so is
 * what it has printed and the pipe has not taken yet.
 */
export function forkHeir(): number {
  refuseReturnFromVm();
  return bequeathOutput(() => forkChecked(checkedOptions(undefined), true));
}

/**
 * fork() with options that are known to be good; it returns in both processes.
 *
 * @param ready called in the parent as the last thing before the fork, once the `before` hooks have run.
 */
export function forkChecked(options: CheckedForkOptions, heir = false, ready?: () => void): number {
  if (!native.onMainThread()) throw inWorker();
  if (lacking === undefined) lacking = obstacles();
  if (lacking.length > 0) throw unsupported(lacking);
  const passing = passingObstacles();
  if (passing.length > 0) throw unsupported(passing);
  let workers = admitWorkers(options.allowWorkers);
  prepareSigint();
  rehearseRepair();
  rehearseExit();
  rehearseHooks();
  settleYoung();

  const hooks = runBeforeHooks();
  let pid = -1;
  let hasConnections = false;
  try {
    // Not sooner: a hook may be the first to draw, and may have started a Worker.
    if (hooks.length > 0) workers = admitWorkers(options.allowWorkers);
    const copied = findRandomBatches();
    if (copied !== undefined) throw unsupported([copied]);
    awaitCertificates();
    hasConnections = findConnections();
    ready?.();
    recorder?.forking();
    pid = passGateway(options.timeout, workers, heir);
  } finally {
    recorder?.forked(pid);
    repairIfChild(pid);
    if (hasConnections) dropConnections();
    if (hooks.length > 0) runAfterHooks(hooks, pid);
  }
  return pid;
}

/** @param name what the program calls them. */
export function checkedOptions(options: unknown, name = 'options'): CheckedForkOptions {
  if (options === undefined) return { timeout: 1000, allowWorkers: false };
  const { timeout = 1000, allowWorkers = false } = object(name, options as ForkOptions);
  integer(`${name}.timeout`, timeout, 0, 2 ** 31 - 1);
  boolean(`${name}.allowWorkers`, allowWorkers);
  return { timeout, allowWorkers };
}

/** One pass or several, until the background has come to rest. */
function passGateway(timeout: number, workers: WithWorkers, heir: boolean): number {
  let end: number | undefined; // most forks need no clock
  let left = timeout;
  for (let turn = FIRST_TURN; ; turn *= 2) {
    const result = native.fork(Math.min(turn, left), workers, heir);
    if (result >= 0) return result;
    if (result !== -EBUSY) throw systemError('fork', result);
    if (turn >= left) throw busy(timeout);
    end ??= now() + timeout - turn;
    left = Math.max(0, Math.ceil(end - now()));
    // Back in JavaScript: here V8 serves what its background threads ask of the main thread, on a call.
    serveInterrupts();
  }
}

function serveInterrupts(): void {
  for (let i = 0; i < 100; i++) noop();
}
function noop(): void {}

const RETURN_FROM_VM =
  'a way for a child to return from a call of node:vm with breakOnSigint, such as a line of the REPL: use fork(body)';

export function refuseReturnFromVm(): void {
  if (isInterruptible()) throw unsupported([RETURN_FROM_VM]);
}
