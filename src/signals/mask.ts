// Which signals wait until they are let through.

import { EBUSY, EINVAL, ETIMEDOUT, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer, type Signal } from '../validate.js';
import { namesOf, signalSet } from './set.js';

const onDarwin = process.platform === 'darwin';
/** `how` of sigprocmask: adds the set to the mask. See sigprocmask(2). */
export const SIG_BLOCK = onDarwin ? 1 : 0;
/** `how` of sigprocmask: takes the set out of the mask. See sigprocmask(2). */
export const SIG_UNBLOCK = onDarwin ? 2 : 1;
/** `how` of sigprocmask: makes the set the mask. See sigprocmask(2). */
export const SIG_SETMASK = onDarwin ? 3 : 2;

/**
 * Changes which signals are blocked, in every thread of this process: a blocked one stays pending until it is unblocked
 * or waited for, and is then delivered once, however often it was sent. A listener of process.on() runs at the next turn
 * of the event loop after that.
 *
 * Node has many threads, and a signal that is sent to the process goes to any that does not block it; so the mask of one
 * thread alone holds nothing back. Threads that start later have it, too, and so do forked children and the program that
 * exec brings. SIGKILL and SIGSTOP cannot be blocked, which is no error; neither can the highest real-time signal on
 * Linux and SIGEMT on macOS, by which the threads are told. Node starts with nothing blocked, whatever it inherits.
 *
 * While SIGCHLD is blocked, child_process does not hear of its programs' ends. See sigprocmask(2).
 *
 * @param how SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK.
 * @param set names or numbers.
 * @returns the calling thread's mask as it was.
 * @throws EINVAL: another `how`. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
 * @throws EBUSY, ETIMEDOUT: a thread cannot be told. EAGAIN: too many signals are queued, or no real-time signal is free.
 *   EMFILE, ENFILE: no descriptor is left to list the threads with. ENOENT: no /proc, or that of another PID namespace.
 *   Nothing has changed then.
 */
export function sigprocmask(how: number, set: Iterable<Signal>): Set<NodeJS.Signals> {
  return change('sigprocmask', native.maskProcess, how, set);
}

/**
 * The same for the calling thread alone: others still take what is sent to the process. See pthread_sigmask(3).
 *
 * @param how SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK.
 * @param set names or numbers.
 * @returns the calling thread's mask as it was.
 * @throws EINVAL: another `how`. EAGAIN: no real-time signal is free. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE,
 *   ERR_INVALID_ARG_TYPE: no signal.
 */
export function pthread_sigmask(how: number, set: Iterable<Signal>): Set<NodeJS.Signals> {
  return change('pthread_sigmask', native.maskThread, how, set);
}

/**
 * The blocked signals that have been sent, to the process or to the calling thread. A child begins with none. See
 * sigpending(2).
 *
 * @returns their names.
 */
export function sigpending(): Set<NodeJS.Signals> {
  return namesOf(native.sigpending());
}

function change(
  syscall: string,
  mask: (how: number, set: number[]) => number[] | number,
  how: number,
  set: Iterable<Signal>,
): Set<NodeJS.Signals> {
  integer('how', how, -(2 ** 31), 2 ** 31 - 1);
  const numbers = signalSet('set', set);
  if (how !== SIG_BLOCK && how !== SIG_UNBLOCK && how !== SIG_SETMASK) {
    throw systemError(syscall, -EINVAL, { how });
  }
  const old = mask(how, numbers);
  if (typeof old !== 'number') return namesOf(old);
  const error = systemError(syscall, old);
  if (old === -EBUSY || old === -ETIMEDOUT) {
    error.message +=
      ': a thread of this process (of a native module, perhaps) could not be reached, and would go on taking these ' +
      'signals. Nothing has changed';
  }
  throw error;
}
