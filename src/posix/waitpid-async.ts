import { abortError, invalidType, systemError } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';
import { noteReaped, type WaitResult, WNOHANG } from './wait.js';
import { keepWatch } from './watches.js';

/**
 * Waits for one child without taking the thread, and reaps that child only. The kernel wakes the event loop (pidfd on
 * Linux, kqueue on macOS); where it cannot, SIGCHLD does. The event loop stays alive until then.
 *
 * A wait that is pending when this process forks belongs to the parent: in the child it never settles, and does not
 * keep it alive. See waitpid(2), pidfd_open(2).
 *
 * @param pid the child, above 0.
 * @param options.signal stops waiting, and leaves the child unreaped.
 * @returns `[pid, status]`. Rejects with ECHILD: no such child, or reaped by somebody else; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function waitpidAsync(pid: number, options: { signal?: AbortSignal } = {}): Promise<WaitResult> {
  const child = validate.pid('pid', pid);
  if (typeof options !== 'object' || options === null)
    throw invalidType('options', 'of type object', options);
  const signal = validate.abortSignal(options.signal);
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortError(signal));

    /** Reaps it if it has ended; true when there is nothing more to wait for. */
    const reap = (): boolean => {
      const [result, status] = native.waitpid(child, WNOHANG);
      if (result === 0) return false;
      noteReaped(result, status);
      if (result > 0) resolve([result, status]);
      else reject(systemError('waitpid', result, { pid }));
      return true;
    };
    if (reap()) return;

    const stop = watch(child, () => {
      if (!reap()) return;
      stop();
      signal?.removeEventListener('abort', abort);
    });
    const abort = () => {
      stop();
      reject(abortError(signal as AbortSignal));
    };
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Calls `look` when the child may have ended, until the returned call stops it. */
function watch(pid: number, look: () => void): () => void {
  const id = native.watchExit(pid, look);
  return id < 0 ? watchBySignal(look) : keepWatch(id);
}

/**
 * The way without a descriptor: a kernel before 5.3, a sandbox that forbids pidfd_open, or no descriptor left. SIGCHLD
 * says that some child has ended, several ends can come as one signal, and another library may have the listener: so
 * each signal means "look", and one look a second makes up for a lost one.
 */
function watchBySignal(look: () => void): () => void {
  process.on('SIGCHLD', look);
  const timer = setInterval(look, 1000);
  const stop = () => {
    process.off('SIGCHLD', look);
    clearInterval(timer);
    pending.delete(stop);
  };
  pending.add(stop);
  return stop;
}

/** What ends the waits through SIGCHLD. */
const pending = new Set<() => void>();

/** In a forked child: those who are waited for are the parent's children. */
export function forgetWaits(inChild: boolean): void {
  if (!inChild) return;
  for (const stop of pending) stop();
}
