// The kernel's timers, which send signals. A forked child has none of its parent's.

import { invalidType, outOfRange, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

/** For setitimer: a timer that counts time as it goes by, and sends SIGALRM; alarm() uses the same one. See setitimer(2). */
export const ITIMER_REAL = 0;
/** For setitimer: the processor time of this program's own code; SIGVTALRM. See setitimer(2). */
export const ITIMER_VIRTUAL = 1;
/** For setitimer: that and the kernel's work for it; SIGPROF, which V8's CPU profiler uses, too. See setitimer(2). */
export const ITIMER_PROF = 2;

/**
 * Sends SIGALRM to this process in so many seconds, instead of an earlier alarm; 0: not at all. Without a listener it
 * ends the process. A child has none. See alarm(2).
 *
 * @param seconds 0 to 2^31 - 1, whole.
 * @returns the seconds that were left of the earlier alarm, 0 if there was none.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `seconds`.
 */
export function alarm(seconds: number): number {
  return native.alarm(integer('seconds', seconds, 0, 2 ** 31 - 1));
}

/**
 * Starts, changes or stops a timer. A child has none. See setitimer(2).
 *
 * @param which ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF.
 * @param delay seconds until its first signal, 0 to 2^31 - 1, fractions too, to the microsecond; 0 stops it.
 * @param interval seconds between the signals after that; 0: no more than one. Default 0.
 * @returns `[delay, interval]` as they were, in seconds, with the delay that was left.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setitimer(which: number, delay: number, interval = 0): [delay: number, interval: number] {
  const timer = integer('which', which, ITIMER_REAL, ITIMER_PROF);
  const old = native.setitimer(timer, seconds('delay', delay), seconds('interval', interval));
  if (typeof old === 'number') throw systemError('setitimer', old, { which, delay, interval });
  return old;
}

/**
 * What is left of a timer. See getitimer(2).
 *
 * @param which ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF.
 * @returns `[delay, interval]` in seconds; a delay of 0: it does not run.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `which`.
 */
export function getitimer(which: number): [delay: number, interval: number] {
  const value = native.getitimer(integer('which', which, ITIMER_REAL, ITIMER_PROF));
  if (typeof value === 'number') throw systemError('getitimer', value, { which });
  return value;
}

function seconds(name: string, value: unknown): number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value);
  if (!(value >= 0 && value <= 2 ** 31 - 1)) throw outOfRange(name, `>= 0 && <= ${2 ** 31 - 1}`, value);
  return value;
}
