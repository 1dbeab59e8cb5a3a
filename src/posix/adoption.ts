// Whose child an orphan becomes, and how it hears of its parent's death.

import { check } from '../errors.js';
import { native } from '../native.js';
import { boolean, type Signal, signalNumber } from '../validate.js';

/**
 * Whether the calling process adopts the orphans among its descendants, instead of init: wait() then reports them. Not
 * inherited by children. Linux; see prctl(2), PR_SET_CHILD_SUBREAPER.
 *
 * @param on false: init adopts them again. Default true.
 * @throws ENOSYS: not on this system. ERR_INVALID_ARG_TYPE: not a boolean.
 */
export function setChildSubreaper(on = true): void {
  check('prctl', native.setChildSubreaper(boolean('on', on)));
}

/**
 * The signal that the calling process gets when its parent ends. Not inherited by children. Should the parent have ended
 * before the call, none comes: compare getppid() with what it was. Linux; see PR_SET_PDEATHSIG(2const).
 *
 * @param signal a name or a number; null or 0: none.
 * @throws ENOSYS: not on this system. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
 */
export function setParentDeathSignal(signal: Signal | null): void {
  const number = signal === null ? 0 : signalNumber('signal', signal, true);
  check('prctl', native.setParentDeathSignal(number), { signal });
}
