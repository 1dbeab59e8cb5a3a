import { check, outOfRange } from '../errors.js';
import { native } from '../native.js';
import { EXIT, recorder, SIGNAL } from '../trace/recorder.js';
import { integer, pidOrGroup, pidOrSelf, type Signal, signalNumber } from '../validate.js';

/**
 * The pid of the calling process: in a child, its own. It is `process.pid`. See getpid(2).
 *
 * @returns the pid, from 1.
 */
export function getpid(): number {
  return native.getpid();
}

/**
 * The pid of the parent of the calling process. See getppid(2).
 *
 * @returns the pid; when the parent has died, of the process that adopted the orphan; 0: it is in another pid namespace.
 */
export function getppid(): number {
  return native.getppid();
}

/**
 * Ends the process at once: no 'exit' event, no handlers, no output that is still in JavaScript's buffers.
 * The usual way to leave a forked child that shares its parent's listeners. See _exit(2).
 *
 * @param code 0 to 255; of a larger or negative number the low eight bits count, as in C. Default 0.
 * @returns never.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits. The process goes on then.
 */
export function _exit(code = 0): never {
  const status = integer('code', code, -(2 ** 31), 2 ** 31 - 1);
  const { exitAtOnce } = native;
  if (rehearsed) return undefined as never;
  recorder?.note(EXIT, status);
  return exitAtOnce(status);
}

let rehearsed = false;

/** In the parent, for children to find it compiled; see child/rehearsal.ts. */
export function rehearseExitAtOnce(): void {
  rehearsed = true;
  try {
    _exit();
  } finally {
    rehearsed = false;
  }
}

/**
 * Sends a signal. See kill(2).
 *
 * @param pid a process; 0: every process of the caller's group; -1: every process that the caller may signal;
 *   below -1: every process of the group `-pid`.
 * @param signal a name or a number; 0 sends nothing and only tells whether the target exists.
 * @throws EPERM: it exists and is not yours. ESRCH: there is none, or it was reaped already. ERR_UNKNOWN_SIGNAL,
 *   ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: bad arguments; nothing was sent.
 */
export function kill(pid: number, signal: Signal): void {
  const target = pidOrGroup('pid', pid);
  const number = signalNumber('signal', signal, true);
  check('kill', sendSignal(target, number), { pid, signal });
}

/**
 * Sends a signal to every process of a group. See killpg(3).
 *
 * @param pgid 0: the caller's group; or 2 and above. Group 1 cannot be named: to the kernel, -1 is everybody.
 * @param signal a name or a number; 0 sends nothing and only tells whether the group exists.
 * @throws EPERM: none of them is yours. ESRCH: no such group. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE:
 *   bad arguments; nothing was sent.
 */
export function killpg(pgid: number, signal: Signal): void {
  const group = pidOrSelf('pgid', pgid);
  if (group === 1) throw outOfRange('pgid', '0 or >= 2', pgid);
  const number = signalNumber('signal', signal, true);
  check('killpg', sendSignal(-group, number), { pgid, signal });
}

/** kill(2) for arguments that are known to be good; its answer. */
export function sendSignal(target: number, signal: number): number {
  // Before the call: the sender itself may be one of those who are hit.
  const noted = signal > 0 ? recorder?.note(SIGNAL, target, signal) : undefined;
  const result = native.kill(target, signal);
  if (result < 0) recorder?.cancel(noted);
  return result;
}
