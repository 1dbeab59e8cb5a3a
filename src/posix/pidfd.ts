// A process by a descriptor, which no other process can take over, as it can a pid.

import { check } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';

/**
 * Opens a descriptor for a process; it becomes readable when that ends. Close-on-exec; close it when done. Linux 5.3; see
 * pidfd_open(2).
 *
 * @param pid any process, from 1.
 * @returns the descriptor.
 * @throws ESRCH: no such process. EINVAL: not a pid, such as 0. EMFILE, ENFILE: too many open descriptors. ENOSYS: not on
 *   this system. EPERM: a sandbox forbids it. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function pidfdOpen(pid: number): number {
  return check('pidfd_open', native.pidfdOpen(validate.pidOrGroup('pid', pid)), { pid });
}

/**
 * Sends a signal to the process that a descriptor was opened for, and to no other. Linux 5.1; see pidfd_send_signal(2).
 *
 * @param pidfd what pidfdOpen returned.
 * @param signal a name or a number; 0 sends nothing and only tells whether it is still there.
 * @throws ESRCH: it has ended and was reaped. EBADF: not open, or not of a process. EPERM: the process is not yours.
 *   ENOSYS: not on this system. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: bad arguments.
 */
export function pidfdSendSignal(pidfd: number, signal: validate.Signal): void {
  const number = validate.signalNumber('signal', signal, true);
  check('pidfd_send_signal', native.pidfdSendSignal(validate.fd('pidfd', pidfd), number), { pidfd, signal });
}
