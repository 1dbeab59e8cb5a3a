import { onAbort } from '../aborts.js';
import { CallSite } from '../call-site.js';
import { abortError, ECHILD, EPERM, ESRCH, isErrno } from '../errors.js';
import { native } from '../native.js';
import { kill } from '../posix/process.js';
import type { WaitResult } from '../posix/wait.js';
import { waitpidAsync } from '../posix/waitpid-async.js';
import { setImmediate } from '../timers.js';
import { callable, type Signal, signalNumber, signalOption } from '../validate.js';
import { endWithError, runAsyncBody } from './body.js';
import { checkedOptions, type ForkOptions, fork } from './fork.js';
import { leaveToParent, prepareToLeave, silenceTimers } from './leave.js';

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
  /** `await using`: sends SIGTERM if it has not been reaped, and waits for it. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How forkChild makes a child. */
export interface ForkChildOptions extends ForkOptions {
  /**
   * Sends the child `killSignal` when aborted, if it is still there; before the fork, the promise rejects with an
   * AbortError.
   */
  signal?: AbortSignal | undefined;
  /**
   * What `signal` ends the child with.
   * @default 'SIGTERM'
   */
  killSignal?: Signal | undefined;
}

/**
 * Forks from a clean turn of the event loop, so that none of the caller's code runs twice: the child runs `body` and
 * ends; the promise resolves in the parent alone. As a pool's child, it leaves to its parent the timers that are set, servers
 * and connections, what is in the thread pool, and the listeners for signals, 'exit' and uncaught errors: a promise for any of
 * these never settles in the child.
 *
 * @param body runs in the child; it may be async. What it returns (or resolves to) is the exit code, nothing means 0.
 *   An error that it throws (or rejects with) is printed as Node prints it, and the exit code is 1.
 * @param options how it is forked, as for fork(); and what may end it: `signal`, `killSignal`. Default {}.
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
  const killSignal = signalNumber('options.killSignal', options.killSignal ?? 'SIGTERM');
  const caller = native.getpid();
  const site = new CallSite();
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      if (native.getpid() !== caller) return; // a fork before this one has copied the call
      try {
        if (signal?.aborted) throw abortError(signal);
        prepareToLeave();
        const pid = fork(forkOptions);
        if (pid === 0) {
          letGo();
          void runAsyncBody(body);
        } else resolve(new ForkedChild(pid, signal, killSignal));
      } catch (error) {
        reject(error instanceof Error ? site.continue(error) : error);
      }
    });
  });
}

/** Nobody is to hear of an error here: the promise is the parent's. */
function letGo(): void {
  try {
    leaveToParent();
    silenceTimers();
  } catch (error) {
    endWithError(error);
  }
}

class ForkedChild implements Child {
  readonly pid: number;
  #end: Promise<WaitResult> | undefined;
  #reaped = false;
  readonly #release: () => void;

  constructor(pid: number, signal: AbortSignal | undefined, killSignal: number) {
    this.pid = pid;
    const abort = () => {
      try {
        this.kill(killSignal);
      } catch (error) {
        // Nobody could catch it. One that is gone needs no signal; one that may not be signalled goes on.
        if (!isErrno(error, ESRCH) && !isErrno(error, EPERM)) throw error;
      }
    };
    this.#release = onAbort(signal, abort);
  }

  wait(): Promise<WaitResult> {
    this.#end ??= waitpidAsync(this.pid).finally(() => {
      this.#reaped = true;
      this.#release();
    });
    return this.#end;
  }

  kill(signal: Signal = 'SIGTERM'): boolean {
    // Once reaped, the pid may be somebody else's. The kernel is asked, too: where SIGCHLD is ignored it reaps by itself.
    if (this.#reaped || !native.forkedChildren().includes(this.pid) || native.peekChild(this.pid) < 0)
      return false;
    kill(this.pid, signal);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#reaped) this.kill();
    await this.wait().catch((error) => {
      if (!isErrno(error, ECHILD)) throw error; // somebody else has reaped it: there is nothing left to end
    });
  }
}
