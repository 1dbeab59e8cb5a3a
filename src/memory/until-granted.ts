// Waiting in shared memory without taking the thread: a thread of the native side sleeps on the word, and wakes the event
// loop, which then looks again.

import { onAbort } from '../aborts.js';
import { abortError, ENOSYS, systemError } from '../errors.js';
import { keepWatch } from '../posix/watches.js';
import { cannotSleep } from './place.js';

/** What is waited for. What a call throws, the promise rejects with. */
export interface Wait<R> {
  /** Whether there is nothing more to wait for; then it has resolved. */
  look(resolve: (value: R) => void): boolean;
  /** Starts a native watch that ends when look() may have something to see. */
  sleep(woken: (result: number) => void): number;
  /** Before the first sleep. */
  begin?(): void;
  /** The signal is aborted. True: too late, it has resolved. */
  abort?(resolve: (value: R) => void): boolean;
  /** Once after begin(), however the wait is over; never in a child that found it: there it is the parent's. */
  end?(): void;
}

/** Looks, sleeps and looks again, until there is nothing more to wait for. */
export function untilGranted<R>(signal: AbortSignal | undefined, wait: Wait<R>): Promise<R> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));
    if (wait.look(resolve)) return;

    let stop = () => {};
    /** Does what may end the wait. */
    const go = (step: () => boolean) => {
      try {
        if (!step()) return;
      } catch (error) {
        reject(error);
      }
      forget();
      wait.end?.();
    };
    const sleep = () => {
      const id = wait.sleep(woken);
      if (id < 0) throw sleepError(id);
      stop = keepWatch(id);
      return false;
    };
    const look = (result: number) => {
      try {
        if (result < 0) throw sleepError(result);
        return wait.look(resolve);
      } finally {
        // Not sooner: a wake-up that is not used yet, the watch passes on if this process dies.
        stop();
      }
    };
    const woken = (result: number) => go(() => look(result) || sleep());
    const abort = () => {
      stop();
      go(() => {
        if (!wait.abort?.(resolve)) reject(abortError(signal as AbortSignal));
        return true;
      });
    };
    const forget = onAbort(signal, abort);
    wait.begin?.();
    go(sleep);
  });
}

function sleepError(result: number): Error {
  return result === -ENOSYS ? cannotSleep() : systemError('futex', result);
}
