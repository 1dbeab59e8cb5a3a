// Process groups, sessions, and the terminal that belongs to one of them.

import { check } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';

/**
 * The process group of a process. See getpgid(2).
 *
 * @param pid 0: the calling process.
 * @returns the number of the group: the pid of the process that made it.
 * @throws ESRCH: no such process. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a pid.
 */
export function getpgid(pid: number): number {
  return check('getpgid', native.getpgid(validate.pidOrSelf('pid', pid)), { pid });
}

/**
 * The process group of the calling process. See getpgrp(2).
 *
 * @returns the number of the group: the pid of the process that made it.
 */
export function getpgrp(): number {
  return native.getpgid(0);
}

/**
 * Moves a process to a process group of its session, or to a new one. A shell calls it in both, parent and child, as it
 * cannot know which runs first. See setpgid(2).
 *
 * @param pid the caller or a child of it that has not called exec; 0: the caller.
 * @param pgid 0: a new group, whose number is `pid`.
 * @throws EACCES: that child has called exec. EPERM: another session, a session leader, or a group that does not exist.
 *   ESRCH: neither the caller nor a child of it. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a pid, or no group.
 */
export function setpgid(pid: number, pgid: number): void {
  const group = validate.pidOrSelf('pgid', pgid);
  check('setpgid', native.setpgid(validate.pidOrSelf('pid', pid), group), { pid, pgid });
}

/**
 * Makes the caller the leader of a process group of its own: setpgid(0, 0). See setpgrp(2).
 *
 * @throws EPERM: the caller leads a session.
 */
export function setpgrp(): void {
  check('setpgrp', native.setpgid(0, 0));
}

/**
 * The session of a process. See getsid(2).
 *
 * @param pid 0: the calling process.
 * @returns the number of the session: the pid of the process that made it.
 * @throws ESRCH: no such process. EPERM: some systems tell only about processes of the caller's session.
 *   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a pid.
 */
export function getsid(pid: number): number {
  return check('getsid', native.getsid(validate.pidOrSelf('pid', pid)), { pid });
}

/**
 * Makes the caller the leader of a new session and of a new process group in it, without a terminal. See setsid(2).
 *
 * @returns the number of the session: the caller's pid.
 * @throws EPERM: the caller leads a process group already. Fork first, and call it in the child.
 */
export function setsid(): number {
  return check('setsid', native.setsid());
}

/**
 * The process group in the foreground of a terminal: the one that may read from it, and that Ctrl-C reaches. See
 * tcgetpgrp(3).
 *
 * @param fd a descriptor of the terminal.
 * @returns the number of the group.
 * @throws ENOTTY: not the caller's terminal. EBADF: not open. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `fd`.
 */
export function tcgetpgrp(fd: number): number {
  return check('tcgetpgrp', native.tcgetpgrp(validate.fd('fd', fd)), { fd });
}

/**
 * Brings a process group to the foreground of the caller's terminal. A caller in the background is stopped by SIGTTOU,
 * unless it ignores or blocks that signal, as a shell does. One with a listener for SIGTTOU never gets out of this call: it is
 * restarted after the signal, which comes again. See tcsetpgrp(3).
 *
 * @param fd a descriptor of the terminal.
 * @param pgid the group, from 1.
 * @throws ENOTTY: not the caller's terminal; or the caller is in the background, and nobody could continue it after SIGTTOU,
 *   which on macOS is EIO. EPERM: a group of another session. ESRCH: no such group, which on macOS is EINVAL. EBADF: not open.
 *   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function tcsetpgrp(fd: number, pgid: number): void {
  const group = validate.pid('pgid', pgid);
  check('tcsetpgrp', native.tcsetpgrp(validate.fd('fd', fd), group), { fd, pgid });
}
