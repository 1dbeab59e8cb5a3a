import { constants } from 'node:os';
import { onAbort } from '../aborts.js';
import { CallSite } from '../call-site.js';
import { ECHILD, EPERM, ESRCH, isErrno, systemError } from '../errors.js';
import { native } from '../native.js';
import { isUnreaped } from '../posix/children.js';
import { kill } from '../posix/process.js';
import type { WaitResult } from '../posix/wait.js';
import { waitpidAsync } from '../posix/waitpid-async.js';
import { clearTimeout, setTimeout } from '../timers.js';
import { callable, integerOrNone, type Signal, signalNumber, signalOption } from '../validate.js';
import { endWithError, rehearseAsyncBody, runAsyncBody } from './body.js';
import { checkedOptions, type ForkOptions, forkChecked, refuseReturnFromVm } from './fork.js';
import { forkInTurn } from './fork-in-turn.js';
import { findWhatToLeave, leaveToParent, silenceTimers } from './leave.js';
import { Rehearsal } from './rehearsal.js';

/** A child of this process, to be waited for once. */
export interface Child extends AsyncDisposable {
  /** The child's pid. */
  readonly pid: number;
  /**
   * Waits for it, and reaps it; the event loop is free meanwhile. See waitpid(2).
   *
   * @returns `[pid, status]`, the same however often it is called. Rejects with ECHILD if somebody else has reaped it.
   */
  wait(): Promise<WaitResult>;
  /**
   * Sends a signal. See kill(2).
   *
   * @param signal a name or a number. Default 'SIGTERM'.
   * @returns false if the child has been reaped, by whomever: then nothing is sent.
   * @throws EPERM: it has another user's rights. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
   */
  kill(signal?: Signal): boolean;
  /** `await using`: ends it as an aborted `signal` does, if it has not been reaped, and waits for it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How forkChild makes a child. Within `timeout` it tries again and again; the event loop has half of that time. */
export interface ForkChildOptions extends ForkOptions {
  /**
   * Sends the child `killSignal` when aborted, if it is still there; before the fork, the promise rejects with an
   * AbortError.
   */
  signal?: AbortSignal | undefined;
  /**
   * What `signal` and `await using` end the child with.
   * @default 'SIGTERM'
   */
  killSignal?: Signal | undefined;
  /**
   * Milliseconds until a child that killSignal has not ended gets SIGKILL, 0 to 2^31 - 1. Infinity: it never does.
   * @default 5000
   */
  killTimeout?: number | undefined;
}

/**
 * Forks from a clean turn of the event loop, so that none of the caller's code runs twice: the child runs `body` and
 * ends; the promise resolves in the parent alone. As a pool's child, it leaves to its parent the timers that are set, servers
 * and connections, what is in the thread pool, and the listeners for signals, 'exit' and uncaught errors: a promise for any of
 * these never settles in the child.
 *
 * @param body runs in the child; it may be async. What it returns (or resolves to) is the exit code, nothing means 0.
 *   An error that it throws (or rejects with) is printed as Node prints it, and the exit code is 1.
 * @param options how it is forked, as for fork(); and what may end it: `signal`, `killSignal`, `killTimeout`. Default {}.
 * @returns in the parent alone, the child. Rejects with what fork() throws.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL: bad arguments; at once, not as a rejection.
 */
export function forkChild(
  body: () => number | void | Promise<number | void>,
  options: ForkChildOptions = {},
): Promise<Child> {
  callable('body', body);
  const signal = signalOption(options);
  const forkOptions = checkedOptions(options);
  const { killSignal = 'SIGTERM', killTimeout = 5000 } = options;
  const end = {
    signal: signalNumber('options.killSignal', killSignal),
    timeout: integerOrNone('options.killTimeout', killTimeout, 0, 2 ** 31 - 1),
  };
  const site = new CallSite();
  return new Promise((resolve, reject) => {
    const forkOne = (timeout: number) => {
      refuseReturnFromVm();
      rehearsal.run();
      rehearseAsyncBody();
      const pid = forkChecked({ ...forkOptions, timeout }, false, findWhatToLeave);
      runIfChild(pid, body);
      if (pid > 0) resolve(new ForkedChild(pid, signal, end));
    };
    forkInTurn(forkOne, forkOptions.timeout, signal, (error) => reject(site.continue(error)));
  });
}

/** Nobody is to hear of an error here: the promise is the parent's. */
function letGo(really: boolean): void {
  try {
    leaveToParent(really);
    silenceTimers(really);
  } catch (error) {
    if (really) endWithError(error);
  }
}

/** After a fork, in both processes; as repairIfChild(). */
function runIfChild(pid: number, body: () => unknown, really = true): void {
  if (pid !== 0) return;
  letGo(really);
  const settled = runAsyncBody(body, really);
  if (!really) settled.catch(() => {});
}

const rehearsal = new Rehearsal(() => runIfChild(0, () => {}, false));

/** How a child that is to end is told, and how long it has to. */
interface Ending {
  signal: number;
  timeout: number;
}

const { SIGKILL } = constants.signals;

class ForkedChild implements Child {
  readonly pid: number;
  #end: Promise<WaitResult> | undefined;
  #reaped = false;
  readonly #ending: Ending;
  #escalation: NodeJS.Timeout | undefined;
  readonly #release: () => void;

  constructor(pid: number, signal: AbortSignal | undefined, ending: Ending) {
    this.pid = pid;
    this.#ending = ending;
    const stop = () => unlessRefused(() => this.#stop());
    this.#release = onAbort(signal, stop);
    if (signal?.aborted) stop(); // by a hook of onFork
  }

  wait(): Promise<WaitResult> {
    this.#end ??= this.#waitOwn().finally(() => {
      this.#reaped = true;
      clearTimeout(this.#escalation);
      this.#release();
    });
    return this.#end;
  }

  async #waitOwn(): Promise<WaitResult> {
    if (!native.isForked(this.pid)) throw systemError('waitpid', -ECHILD, { pid: this.pid });
    return waitpidAsync(this.pid);
  }

  #stop(): void {
    const { signal, timeout } = this.#ending;
    if (!this.kill(signal) || timeout === Infinity) return;
    this.#escalation ??= setTimeout(() => unlessRefused(() => this.kill(SIGKILL)), timeout).unref();
  }

  kill(signal: Signal = 'SIGTERM'): boolean {
    if (this.#reaped || !isUnreaped(this.pid)) return false;
    kill(this.pid, signal);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.wait().catch((error) => {
      if (!isErrno(error, ECHILD)) throw error; // somebody else has reaped it: there is nothing left to end
    });
  }
}

/** Where nobody could catch it. A child that is gone needs no signal; one that may not be signalled goes on. */
function unlessRefused(call: () => void): void {
  try {
    call();
  } catch (error) {
    if (!isErrno(error, ESRCH) && !isErrno(error, EPERM)) throw error;
  }
}
