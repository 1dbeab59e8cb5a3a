// How much of the processor a process gets beside others.

import { check, EACCES, EPERM } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

/** For getpriority and setpriority: `who` is a pid. */
export const PRIO_PROCESS = 0;
/** For getpriority and setpriority: `who` is a process group. */
export const PRIO_PGRP = 1;
/** For getpriority and setpriority: `who` is a user id. */
export const PRIO_USER = 2;

/**
 * Lowers the priority of the calling process by `increment`. See nice(2).
 *
 * @param increment added to the nice value, which stays within -20 and 19.
 * @returns the new nice value, -20 (first) to 19 (last).
 * @throws EPERM: a negative increment needs a privilege. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `increment`.
 */
export function nice(increment: number): number {
  integer('increment', increment, INT_MIN, INT_MAX);
  const wanted = Math.min(19, Math.max(-20, getpriority(PRIO_PROCESS, 0) + increment));
  const result = native.setpriority(PRIO_PROCESS, 0, wanted);
  check('nice', result === -EACCES ? -EPERM : result, { increment }); // as nice(2) has it, and setpriority(2) has not
  return getpriority(PRIO_PROCESS, 0);
}

/**
 * Asks for the nice value. See getpriority(2).
 *
 * @param which PRIO_PROCESS, PRIO_PGRP or PRIO_USER.
 * @param who a pid, process group or user id; 0: the caller's. Default 0.
 * @returns -20 (first) to 19 (last): the lowest of those that `who` names.
 * @throws EINVAL: unknown `which`. ESRCH: there is none. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function getpriority(which: number, who = 0): number {
  integer('which', which, INT_MIN, INT_MAX);
  const [error, value] = native.getpriority(which, integer('who', who, 0, INT_MAX));
  check('getpriority', error, { which, who });
  return value;
}

/**
 * Sets the nice value. See setpriority(2).
 *
 * @param which PRIO_PROCESS, PRIO_PGRP or PRIO_USER.
 * @param who a pid, process group or user id; 0: the caller's.
 * @param priority -20 to 19; what lies outside counts as the nearest of these.
 * @throws EINVAL: unknown `which`. ESRCH: there is none. EPERM, EACCES: not the caller's, or a higher priority without
 *   the privilege. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setpriority(which: number, who: number, priority: number): void {
  integer('which', which, INT_MIN, INT_MAX);
  integer('who', who, 0, INT_MAX);
  integer('priority', priority, INT_MIN, INT_MAX);
  check('setpriority', native.setpriority(which, who, priority), { which, who, priority });
}
