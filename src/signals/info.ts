import { signalName } from '../validate.js';

/** What the kernel tells about a signal, or with waitid about a child. See sigaction(2), siginfo_t. */
export interface SignalInfo {
  /** The signal's number; that of SIGCHLD from waitid. */
  signo: number;
  /** The signal's name. */
  signal: NodeJS.Signals;
  /** Why it was sent: SI_USER by kill, CLD_EXITED and its kin for a child. Other numbers are in sigaction(2). */
  code: number;
  /** The sender, or the child. */
  pid: number;
  /** The sender's or the child's real user id; from waitid on macOS 0. */
  uid: number;
  /** Of a child: its exit code, or the number of the signal that ended, stopped or resumed it; else 0. */
  status: number;
}

/** `code` of a signal that kill() sent. See sigaction(2). */
export const SI_USER = process.platform === 'darwin' ? 0x10001 : 0;
/** `code` of a child that has ended by itself; `status` is its exit code. See sigaction(2). */
export const CLD_EXITED = 1;
/** `code` of a child that a signal has ended; `status` is that signal. See sigaction(2). */
export const CLD_KILLED = 2;
/** The same, with a core dump. See sigaction(2). */
export const CLD_DUMPED = 3;
/** `code` of a child that is traced and has trapped; see ptrace(2). */
export const CLD_TRAPPED = 4;
/** `code` of a child that is stopped; `status` is the signal that has stopped it. See sigaction(2). */
export const CLD_STOPPED = 5;
/** `code` of a child that was resumed; `status` is SIGCONT. See sigaction(2). */
export const CLD_CONTINUED = 6;

/** From the native side's [pid, signo, code, status, uid]. */
export function signalInfo(fields: readonly number[]): SignalInfo {
  const [pid, signo, code, status, uid] = fields as [number, number, number, number, number];
  return { signo, signal: signalName(signo), code, pid, uid, status };
}
