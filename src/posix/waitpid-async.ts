import { check } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';
import { watchChild } from './child-watch.js';
import { untilFound } from './until-found.js';
import { noteReaped, type WaitResult, WNOHANG } from './wait.js';

/**
 * Waits for one child without taking the thread, and reaps that child only; waitAsync waits for any. The kernel wakes the
 * event loop (pidfd on Linux, kqueue on macOS); where it cannot, SIGCHLD does. The event loop stays alive until then.
 *
 * A wait that is pending when this process forks belongs to the parent: in the child it never settles, and does not
 * keep it alive. See waitpid(2), pidfd_open(2).
 *
 * @param pid the child, above 0.
 * @param options.signal stops waiting, and leaves the child unreaped.
 * @returns `[pid, status]`. Rejects with ECHILD: no such child, or reaped by somebody else; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function waitpidAsync(
  pid: number,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<WaitResult> {
  const child = validate.pid('pid', pid);
  const signal = validate.signalAlone(options);
  return untilFound(
    () => {
      const [result, status] = native.waitpid(child, WNOHANG);
      if (result === 0) return undefined;
      noteReaped(result, status);
      return [check('waitpid', result, { pid }), status];
    },
    (look) => watchChild(child, look),
    signal,
  );
}
