// Waiting for signals. The synchronous calls take the whole thread: no timer fires and no listener runs meanwhile.

import { check, EAGAIN, EINVAL, invalidType, outOfRange, systemError } from '../errors.js';
import { native } from '../native.js';
import { untilFound } from '../posix/until-found.js';
import { keepWatch } from '../posix/watches.js';
import { FOR_SIGNAL, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { type Signal, signalAlone } from '../validate.js';
import { type SignalInfo, signalInfo } from './info.js';
import { SIG_BLOCK } from './mask.js';
import { namesOf, signalSet, waitableSet } from './set.js';

/**
 * Makes `set` the calling thread's mask, waits until a signal with a handler (a process.on() listener) has come, and
 * brings the old mask back: in one step, so that none is missed between. Its listener runs at the next turn of the event
 * loop. A signal whose default is to end the process ends it.
 *
 * Block the signals that you wait for with sigprocmask first, look at your condition, then call this without them in the
 * set. A flag that a listener sets is no such condition: in a loop around this call the listener never gets its turn, and
 * sigwait() is what serves. See sigsuspend(2); there, EINTR is how it says that it is over.
 *
 * @param set names or numbers.
 * @returns when a handler has run; never by throwing EINTR. On Linux that is also the one by which sigprocmask() in another
 *   thread tells this one its mask: so look at your condition again.
 * @throws ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
 */
export function sigsuspend(set: Iterable<Signal>): void {
  suspend(signalSet('set', set));
}

/**
 * sigsuspend with the mask as it is: returns when a signal with a handler has come, or as sigsuspend does. It takes the whole
 * thread. See pause(2).
 */
export function pause(): void {
  suspend(null);
}

function suspend(mask: number[] | null): void {
  recorder?.note(WAIT, FOR_SIGNAL);
  native.suspend(mask);
  recorder?.note(WAITED);
}

/**
 * Waits until one of these signals is pending, and takes it: no listener runs for it. Block them with sigprocmask first,
 * else they are delivered as ever. See sigwait(3).
 *
 * @param set names or numbers.
 * @returns its name.
 * @throws ERR_INVALID_ARG_VALUE: no signal in the set that can be waited for. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE,
 *   ERR_INVALID_ARG_TYPE: no signal.
 */
export function sigwait(set: Iterable<Signal>): NodeJS.Signals {
  return take('sigwait', set, -1)?.signal as NodeJS.Signals;
}

/**
 * sigwait that also tells who sent the signal. For SIGCHLD, pid, uid, code and status are the child's, as with waitid.
 * See sigwaitinfo(2). On macOS the sender is not told (pid, uid and code are 0).
 *
 * @param set names or numbers; they should be blocked.
 * @returns the signal that was taken, and who sent it.
 * @throws what sigwait() throws.
 */
export function sigwaitinfo(set: Iterable<Signal>): SignalInfo {
  return take('sigwaitinfo', set, -1) as SignalInfo;
}

/**
 * sigwaitinfo for a limited time. Other signals that arrive do not shorten or extend it. See sigtimedwait(2).
 *
 * @param set names or numbers; they should be blocked.
 * @param milliseconds 0 or more, fractions too; 0 only looks.
 * @returns null: none has come.
 * @throws what sigwait() throws. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `milliseconds`. ENOSYS: on macOS, with another
 *   limit than 0.
 */
export function sigtimedwait(set: Iterable<Signal>, milliseconds: number): SignalInfo | null {
  if (typeof milliseconds !== 'number') throw invalidType('milliseconds', 'of type number', milliseconds);
  if (!(milliseconds >= 0 && milliseconds <= Number.MAX_SAFE_INTEGER)) {
    throw outOfRange('milliseconds', `>= 0 && <= ${Number.MAX_SAFE_INTEGER}`, milliseconds);
  }
  return take('sigtimedwait', set, milliseconds);
}

/**
 * sigwaitinfo that leaves the event loop free; the kernel wakes it (signalfd, kqueue). It keeps the loop alive, and one
 * that is pending at a fork is the parent's alone: in the child it never settles. See signalfd(2).
 *
 * @param set must be blocked, by sigprocmask: what is not is delivered, and would never get here.
 * @param options.signal stops waiting.
 * @returns the signal that was taken. Rejects with EINVAL: not blocked; with an AbortError (ABORT_ERR); with EMFILE, ENFILE:
 *   too many open descriptors.
 * @throws what sigwait() throws for the set; ERR_INVALID_ARG_TYPE: `options`. At once, not as a rejection.
 */
export function sigwaitAsync(
  set: Iterable<Signal>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<SignalInfo> {
  const numbers = waitableSet(set);
  const signal = signalAlone(options);
  return untilFound(
    () => {
      const open = notBlocked(numbers);
      if (open.length > 0) throw mustBeBlocked(open);
      const found = native.waitForSignal(numbers, 0);
      if (found === -EAGAIN) return undefined; // none yet, or somebody else has taken it
      if (typeof found === 'number') throw systemError('sigtimedwait', found);
      return signalInfo(found);
    },
    (look) => keepWatch(check('signalfd', native.watchSignals(numbers, look))),
    signal,
  );
}

function take(syscall: string, set: Iterable<Signal>, milliseconds: number): SignalInfo | null {
  const numbers = waitableSet(set);
  const blocks = milliseconds !== 0;
  if (blocks) recorder?.note(WAIT, FOR_SIGNAL);
  const found = native.waitForSignal(numbers, milliseconds);
  if (blocks) recorder?.note(WAITED);
  if (found === -EAGAIN) return null;
  if (typeof found === 'number') throw systemError(syscall, found);
  return signalInfo(found);
}

function notBlocked(numbers: readonly number[]): number[] {
  const mask = native.maskThread(SIG_BLOCK, []);
  if (typeof mask === 'number') throw systemError('pthread_sigmask', mask);
  return numbers.filter((number) => !mask.includes(number));
}

function mustBeBlocked(numbers: readonly number[]): Error {
  const error = systemError('sigwaitAsync', -EINVAL);
  error.message += `: ${[...namesOf(numbers)].join(', ')} would be delivered instead. Block it first, with sigprocmask`;
  return error;
}
