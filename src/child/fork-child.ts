import { invalidType } from '../errors.js';
import { native } from '../native.js';
import { kill } from '../posix/process.js';
import type { WaitResult } from '../posix/wait.js';
import { waitpidAsync } from '../posix/waitpid-async.js';
import { callable, type Signal, signalNumber } from '../validate.js';
import { runAsyncBody } from './body.js';
import { checkedOptions, type ForkOptions, fork } from './fork.js';

/** A child of this process, to be waited for once. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Resolves to [pid, status] when it has ended, however often it is called. It leaves the event loop free. */
  wait(): Promise<WaitResult>;
  /** Sends a signal, 'SIGTERM' by default; true, or false if the child has been reaped. See kill(2). */
  kill(signal?: Signal): boolean;
  /** `await using`: terminates it if it still runs, and reaps it. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ForkChildOptions extends ForkOptions {
  /** Terminates the child with `killSignal` when aborted; before the fork, the promise rejects with an AbortError. */
  signal?: AbortSignal;
  /** @default 'SIGTERM' */
  killSignal?: Signal;
}

/**
 * Forks from a clean turn of the event loop, so that none of the caller's code runs twice: the child runs `body` and
 * ends; the promise resolves in the parent alone. What the program has in the thread pool at that moment (a file being
 * read, say) completes in the parent alone: a promise for it never settles in the child.
 *
 * @param body runs in the child; it may be async. What it returns (or resolves to) is the exit code, nothing means 0.
 *   An error that it throws (or rejects with) is printed as Node prints it, and the exit code is 1.
 * @throws what fork() throws, as a rejection.
 */
export function forkChild(
  body: () => number | void | Promise<number | void>,
  options: ForkChildOptions = {},
): Promise<Child> {
  callable('body', body);
  if (typeof options !== 'object' || options === null)
    throw invalidType('options', 'of type object', options);
  const { signal } = options;
  const forkOptions = checkedOptions(options);
  const killSignal = signalNumber('options.killSignal', options.killSignal ?? 'SIGTERM');
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidType('options.signal', 'an instance of AbortSignal', signal);
  }
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        signal?.throwIfAborted();
        const pid = fork(forkOptions);
        if (pid === 0) {
          // The program's own reads and writes go on in the parent alone: two that share the position of a file would
          // each get a part of it.
          native.dropCompletions();
          void runAsyncBody(body);
        } else resolve(new ForkedChild(pid, signal, killSignal));
      } catch (error) {
        reject(error);
      }
    });
  });
}

class ForkedChild implements Child {
  readonly pid: number;
  #end: Promise<WaitResult> | undefined;
  #reaped = false;
  readonly #release: () => void;

  constructor(pid: number, signal: AbortSignal | undefined, killSignal: number) {
    this.pid = pid;
    const abort = () => this.kill(killSignal);
    signal?.addEventListener('abort', abort, { once: true });
    this.#release = () => signal?.removeEventListener('abort', abort);
  }

  wait(): Promise<WaitResult> {
    this.#end ??= waitpidAsync(this.pid).finally(() => {
      this.#reaped = true;
      this.#release();
    });
    return this.#end;
  }

  kill(signal: Signal = 'SIGTERM'): boolean {
    // Once reaped, the pid may be somebody else's.
    if (this.#reaped) return false;
    kill(this.pid, signal);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#reaped) this.kill();
    await this.wait();
  }
}
