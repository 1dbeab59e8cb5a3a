// A wait status is one integer that packs how a process ended. Reading it is pure arithmetic, the same bits on
// Linux and macOS (man 2 wait, macros of <sys/wait.h>).

import { codedError, outOfRange } from '../errors.js';
import { integer, signalName } from '../validate.js';

const CONTINUED = process.platform === 'darwin' ? 0x137f : 0xffff;
const STOPPED = 0x7f;
const CORE_DUMPED = 0x80;

function checked(status: number): number {
  return integer('status', status, -(2 ** 31), 2 ** 32 - 1);
}

const low = (status: number) => status & 0x7f;
const high = (status: number) => (status >> 8) & 0xff;

/**
 * Whether the process ended by itself: `exit`, `_exit`, or the end of its program. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns true also where the exit code is not 0.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WIFEXITED(status: number): boolean {
  return low(checked(status)) === 0;
}

/**
 * The exit code. It means something only if WIFEXITED is true. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns 0 to 255.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WEXITSTATUS(status: number): number {
  return high(checked(status));
}

/**
 * Whether a signal ended the process. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns true whatever the signal, SIGKILL, too.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WIFSIGNALED(status: number): boolean {
  const signal = low(checked(status));
  return signal !== 0 && signal !== STOPPED;
}

/**
 * The signal that ended it. It means something only if WIFSIGNALED is true. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns the number: 1 to 64, 1 to 31 on macOS.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WTERMSIG(status: number): number {
  return low(checked(status));
}

/**
 * Whether a core was dumped. It means something only if WIFSIGNALED is true. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns false also where none could be written.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WCOREDUMP(status: number): boolean {
  return (checked(status) & CORE_DUMPED) !== 0;
}

/**
 * Whether the process is stopped; reported only with WUNTRACED. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns false also for one that was resumed.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WIFSTOPPED(status: number): boolean {
  return (checked(status) & 0xff) === STOPPED && status !== CONTINUED;
}

/**
 * The signal that stopped it. It means something only if WIFSTOPPED is true. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns the number: 1 to 64, 1 to 31 on macOS.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WSTOPSIG(status: number): number {
  return high(checked(status));
}

/**
 * Whether the process was resumed by SIGCONT; reported only with WCONTINUED. See wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns false also for one that is stopped.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function WIFCONTINUED(status: number): boolean {
  return checked(status) === CONTINUED;
}

/**
 * The exit code of a process that ended by itself, or the negated number of the signal that ended it. As Python's
 * os.waitstatus_to_exitcode(); see wait(2).
 *
 * @param status a wait status, as waitpid gives it.
 * @returns 0 to 255, or -1 to -64.
 * @throws ERR_OUT_OF_RANGE: the status is one of a process that was stopped or resumed, or is none. ERR_INVALID_ARG_TYPE:
 *   no whole number.
 */
export function waitstatusToExitcode(status: number): number {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return -WTERMSIG(status);
  const { kind } = decodeStatus(status);
  const state = kind === 'continued' ? 'was resumed' : `is stopped by signal ${WSTOPSIG(status)}`;
  throw codedError(
    new RangeError(`The process ${state}, it has no exit code (status ${status})`),
    'ERR_OUT_OF_RANGE',
  );
}

/** What a wait status says, as a record. */
export interface DecodedStatus {
  /** WIFEXITED, WIFSIGNALED, WIFSTOPPED or WIFCONTINUED. */
  kind: 'exited' | 'signaled' | 'stopped' | 'continued';
  /** 0 to 255 if it exited, else null. */
  exitCode: number | null;
  /** The signal that ended, stopped or resumed it, else null. */
  signal: NodeJS.Signals | null;
  /** Whether a core was dumped. */
  coreDumped: boolean;
  /** Whether it exited with 0. */
  success: boolean;
}

/**
 * Takes a wait status apart: all the macros of wait(2) at once.
 *
 * @param status a wait status, as waitpid gives it.
 * @returns a new record: `kind`, `exitCode`, `signal`, `coreDumped`, `success`.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: not a status.
 */
export function decodeStatus(status: number): DecodedStatus {
  // As WIFEXITED() and WEXITSTATUS() have it: a pool decodes one for each of its forks.
  if ((checked(status) & 0x7f) === 0) {
    const exitCode = (status >> 8) & 0xff;
    return { kind: 'exited', exitCode, signal: null, coreDumped: false, success: exitCode === 0 };
  }
  const none = { exitCode: null, coreDumped: false, success: false };
  if (WIFCONTINUED(status)) return { ...none, kind: 'continued', signal: 'SIGCONT' };
  if (WIFSTOPPED(status)) return { ...none, kind: 'stopped', signal: signalName(WSTOPSIG(status)) };
  if (!WIFSIGNALED(status)) throw outOfRange('status', 'one that waitpid gives', status);
  return { ...none, kind: 'signaled', signal: signalName(WTERMSIG(status)), coreDumped: WCOREDUMP(status) };
}
