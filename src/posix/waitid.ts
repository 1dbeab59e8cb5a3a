// waitid(2): what has happened to a child, in more words, and without reaping it if so wished.

import { readFileSync } from 'node:fs';
import { systemError } from '../errors.js';
import { native } from '../native.js';
import { CLD_DUMPED, CLD_EXITED, CLD_KILLED, type SignalInfo, signalInfo } from '../signals/info.js';
import { FOR_CHILD, REAP, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { flags, integer } from '../validate.js';
import { othersWait } from './children.js';
import { WCONTINUED, WNOHANG } from './wait.js';
import { waitAmongOthers } from './wait-among-others.js';

const darwin = process.platform === 'darwin';

/** For waitid: any child. `id` is 0. See waitid(2). */
export const P_ALL = 0;
/** For waitid: `id` is a pid. See waitid(2). */
export const P_PID = 1;
/** For waitid: `id` is a process group. See waitid(2). */
export const P_PGID = 2;
/** For waitid: `id` is a descriptor of pidfdOpen. Linux 5.4; see waitid(2). */
export const P_PIDFD = 3;

/** For waitid: report children that have ended. See waitid(2). */
export const WEXITED = 4;
/** For waitid: report children that are stopped. See waitid(2). */
export const WSTOPPED = darwin ? 8 : 2;
/** For waitid: leave the child as it is, so that another wait can tell it again. See waitid(2). */
export const WNOWAIT = darwin ? 0x20 : 0x1000000;

/**
 * Waits until something happens to a child. It takes the whole thread, unless WNOHANG is given. See waitid(2).
 *
 * @param idType P_ALL, P_PID, P_PGID (with `id` 0: the caller's group, Linux 5.4) or P_PIDFD. P_ALL and P_PGID leave out
 *   the children that child_process is running.
 * @param id the pid, group or descriptor; 0 with P_ALL.
 * @param options WEXITED, WSTOPPED, WCONTINUED: at least one of them; WNOHANG, WNOWAIT.
 * @returns what has happened: `code` is CLD_EXITED with the exit code as `status`, or another of the CLD_ names with the
 *   signal's number; null with WNOHANG if nothing has.
 * @throws ECHILD: no such child. EINVAL: none of the three options, or unknown ones, or P_PID with 0. EBADF: P_PIDFD, and
 *   not open or not of a process. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; macOS has no P_PIDFD.
 */
export function waitid(idType: number, id: number, options: number): SignalInfo | null {
  checkWaitid(idType, id, options);
  const any = idType === P_ALL || idType === P_PGID;
  // Which one goes on, macOS tells only to who names it.
  const byName = othersWait() || (darwin && (options & WCONTINUED) !== 0);
  if (!any || !byName) return found(ask(idType, id, options));

  const wants = options & (WEXITED | WSTOPPED | WCONTINUED);
  if (wants === 0) return found(native.waitid(idType, id, options)); // the kernel's EINVAL
  const fields = waitAmongOthers({
    matches: matchesId(idType, id),
    ask(child) {
      const answer = native.waitid(P_PID, child, options | WNOHANG);
      return { result: typeof answer === 'number' ? answer : (answer[0] as number), answer };
    },
    block: (options & WNOHANG) === 0,
    ends: (options & WEXITED) !== 0,
    more: (options & (WSTOPPED | WCONTINUED)) !== 0,
    fail: (errno) => systemError('waitid', -errno, { idType, id }),
  });
  return fields === undefined ? null : found(fields);

  function found(answer: number[] | number): SignalInfo | null {
    if (typeof answer === 'number') throw systemError('waitid', answer, { idType, id });
    const [pid, , code, status] = answer as [number, number, number, number];
    if (pid === 0) return null;
    const ended = code === CLD_EXITED || code === CLD_KILLED || code === CLD_DUMPED;
    if (ended && (options & WNOWAIT) === 0) {
      native.forgetChild(pid);
      recorder?.note(REAP, pid, waitStatus(code, status));
    }
    return signalInfo(answer);
  }
}

export function checkWaitid(idType: number, id: number, options: number): void {
  integer('idType', idType, 0, darwin ? P_PGID : P_PIDFD);
  integer('id', id, 0, 2 ** 31 - 1);
  flags('options', options);
}

/** Which children waitid(idType, id) waits for. */
export function matchesId(idType: number, id: number): (child: number) => boolean {
  if (idType === P_ALL) return () => true;
  if (idType === P_PGID) {
    const group = id === 0 ? native.getpgid(0) : id;
    return (child) => native.getpgid(child) === group;
  }
  const pid = idType === P_PIDFD ? pidOf(id) : id;
  return (child) => child === pid;
}

/** Whose descriptor it is; -1 if the kernel does not say. See proc_pid_fdinfo(5). */
function pidOf(pidfd: number): number {
  try {
    return Number(/^Pid:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${pidfd}`, 'utf8'))?.[1] ?? -1);
  } catch {
    return -1;
  }
}

function ask(idType: number, id: number, options: number): number[] | number {
  const blocks = (options & WNOHANG) === 0;
  if (blocks) recorder?.note(WAIT, FOR_CHILD, idType === P_PID ? id : -1);
  const answer = native.waitid(idType, id, options);
  if (blocks) recorder?.note(WAITED);
  return answer;
}

/** What waitpid would have told. */
function waitStatus(code: number, status: number): number {
  if (code === CLD_EXITED) return (status & 0xff) << 8;
  return code === CLD_DUMPED ? status | 0x80 : status;
}
