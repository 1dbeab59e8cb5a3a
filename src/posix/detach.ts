import { ECHILD, isErrno } from '../errors.js';
import { pid as checkedPid } from '../validate.js';
import type { WaitResult } from './wait.js';
import { waitpidAsync } from './waitpid-async.js';

/** A child that nobody needs to wait for. */
export interface Detached {
  /** As it was given. */
  readonly pid: number;
  /** Resolves to `[pid, status]` when it has ended; to null if it was no child, or somebody else reaped it. */
  readonly ended: Promise<WaitResult | null>;
}

/**
 * Has a child reaped as soon as it ends, so that it leaves no zombie: a later waitpid throws ECHILD. The event loop
 * stays alive until then. The same as Process.detach in Ruby. A wait for any child, as wait(), may reap it before: as there, they
 * do not go together.
 *
 * @param pid the child, above 0. A pid that is no child is none to be reaped, and no error.
 * @returns at once. `ended` tells of the end, and may be left alone.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a pid.
 */
export function detach(pid: number): Detached {
  const child = checkedPid('pid', pid);
  const ended = waitpidAsync(child).catch((error: unknown) => {
    if (isErrno(error, ECHILD)) return null;
    throw error;
  });
  return { pid: child, ended };
}
