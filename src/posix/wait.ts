// wait(2) for a process that has other children, too: those of child_process, which libuv waits for by pid and
// whose 'exit' events would be lost if we took them. The wildcard forms leave them alone.

import { check, ECHILD, isErrno, systemError } from '../errors.js';
import { native } from '../native.js';
import { FOR_CHILD, REAP, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { flags, pidOrGroup } from '../validate.js';
import { othersWait } from './children.js';
import { WIFEXITED, WIFSIGNALED } from './status.js';
import { type ResourceUsage, resourceUsage } from './usage.js';
import { waitAmongOthers } from './wait-among-others.js';

/** The child's pid and its wait status, for WIFEXITED and its kin or decodeStatus. `[0, 0]`: WNOHANG, and nothing yet. */
export type WaitResult = [pid: number, status: number];

const darwin = process.platform === 'darwin';

/** For waitpid and its kin: do not wait. They return `[0, 0]`, and waitid null, if no child has ended. See wait(2). */
export const WNOHANG = 1;
/** For waitpid and its kin: report children that are stopped, too. See wait(2). */
export const WUNTRACED = 2;
/** For waitpid, waitid and their kin: report children that were resumed by SIGCONT, too. See wait(2). */
export const WCONTINUED = darwin ? 0x10 : 8;

/**
 * Waits until any child ends, and reaps it. The same as waitpid(-1): never one that child_process is running. It takes
 * the whole thread. See wait(2).
 *
 * @returns `[pid, status]`.
 * @throws ECHILD: there is no child to wait for.
 */
export function wait(): WaitResult {
  return waitForAny(-1, 0, 'wait', native.waitpid);
}

/**
 * Waits until a child ends, and reaps it. It takes the whole thread while it waits; with WNOHANG it never does, and
 * waitpidAsync leaves the event loop free. See waitpid(2).
 *
 * @param pid that child; -1: any; 0: any of the caller's process group; below -1: any of the group `-pid`. "Any" is
 *   every child that this process forked or adopted, and never one that child_process is running; while Worker threads
 *   run, which can start programs of their own, and in a Worker: every child that this process forked.
 * @param options WNOHANG, WUNTRACED and WCONTINUED, joined with `|`. Default 0.
 * @returns `[pid, status]`, or `[0, 0]` with WNOHANG if none has ended.
 * @throws ECHILD: no such child, or it was reaped already. EINVAL: unknown options. ESRCH: -2^31, which is no group.
 *   ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function waitpid(pid: number, options = 0): WaitResult {
  const target = pidOrGroup('pid', pid);
  const how = flags('options', options);
  return target > 0
    ? waitFor(target, how, 'waitpid', native.waitpid)
    : waitForAny(target, how, 'waitpid', native.waitpid);
}

/**
 * Waits until all children have ended, and reaps them, in the order in which they end: those that wait() waits for. It
 * takes the whole thread. In C: `while (wait(NULL) > 0)`; see wait(2).
 *
 * @returns a `[pid, status]` for each; an empty array if there is no child.
 */
export function waitall(): WaitResult[] {
  const ended: WaitResult[] = [];
  for (;;) {
    try {
      ended.push(wait());
    } catch (error) {
      if (isErrno(error, ECHILD)) return ended;
      throw error;
    }
  }
}

/** What a wait has found, and what the child has used: times in microseconds, maxRSS in kibibytes. */
export type UsageResult = [pid: number, status: number, usage: ResourceUsage];

/**
 * wait4 for any child: wait4(-1, options). See wait3(2).
 *
 * @param options WNOHANG, WUNTRACED and WCONTINUED, joined with `|`. Default 0.
 * @returns `[pid, status, usage]`; `[0, 0, usage]`, all zeros, with WNOHANG if none has ended.
 * @throws ECHILD: there is no child to wait for. EINVAL: unknown options. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `options`.
 */
export function wait3(options = 0): UsageResult {
  return withUsage(waitForAny(-1, flags('options', options), 'wait3', native.wait4));
}

/**
 * waitpid that also tells what the child has used, with those below it that it has waited for. See wait4(2).
 *
 * @param pid as for waitpid.
 * @param options as for waitpid. Default 0.
 * @returns `[pid, status, usage]`: times in microseconds, maxRSS in kibibytes; `[0, 0, usage]`, all zeros, with WNOHANG if
 *   none has ended.
 * @throws what waitpid() throws.
 */
export function wait4(pid: number, options = 0): UsageResult {
  const target = pidOrGroup('pid', pid);
  const how = flags('options', options);
  return withUsage(
    target > 0 ? waitFor(target, how, 'wait4', native.wait4) : waitForAny(target, how, 'wait4', native.wait4),
  );
}

function withUsage([pid, status, usage = []]: readonly [number, number, number[]?]): UsageResult {
  return [pid, status, resourceUsage(usage.length > 0 ? usage : NOTHING_USED)];
}

const NOTHING_USED = new Array<number>(16).fill(0);

/** How the kernel is asked: native.waitpid, or a call that tells more. */
type Ask<A extends readonly [result: number, status: number, ...rest: unknown[]]> = (
  pid: number,
  options: number,
) => A;
type Answer<A extends readonly [number, number, ...unknown[]]> = A | WaitResult;

function waitFor<A extends readonly [number, number, ...unknown[]]>(
  pid: number,
  options: number,
  syscall: string,
  ask: Ask<A>,
): A {
  const blocks = (options & WNOHANG) === 0;
  if (blocks) recorder?.note(WAIT, FOR_CHILD, pid);
  const answer = ask(pid, options);
  if (blocks) recorder?.note(WAITED);
  const [result, status] = answer;
  check(syscall, result, { pid });
  noteReaped(result, status);
  return answer;
}

/** What has no counterpart above 0. */
const NO_GROUP = -(2 ** 31);

/** A child that is only stopped or resumed stays one. */
export function noteReaped(pid: number, status: number): void {
  if (pid <= 0 || !(WIFEXITED(status) || WIFSIGNALED(status))) return;
  native.forgetChild(pid);
  recorder?.note(REAP, pid, status);
}

function waitForAny<A extends readonly [number, number, ...unknown[]]>(
  pid: number,
  options: number,
  syscall: string,
  ask: Ask<A>,
): Answer<A> {
  // The usual case: all children are ours, and the kernel knows best. As it does of what can be no group.
  if (!othersWait() || pid === NO_GROUP) return waitFor(pid, options, syscall, ask);
  // No process is its own child: the kernel's word on the options alone.
  const [refusal] = ask(native.getpid(), options | WNOHANG);
  if (refusal !== -ECHILD) throw systemError(syscall, refusal, { pid });
  const found = waitAmongOthers({
    matches: (child) => matches(child, pid),
    ask(child) {
      const answer = ask(child, options | WNOHANG);
      const [result, status] = answer;
      noteReaped(result, status);
      return { result, answer };
    },
    block: (options & WNOHANG) === 0,
    ends: true,
    more: (options & (WUNTRACED | WCONTINUED)) !== 0,
    fail: (errno) => systemError(syscall, -errno, { pid }),
  });
  return found ?? [0, 0];
}

/** Whether `child` is one that waitpid(pid) waits for. */
export function matches(child: number, pid: number): boolean {
  if (pid === -1 || pid === child) return true;
  if (pid > 0) return false;
  return native.getpgid(child) === (pid === 0 ? native.getpgid(0) : -pid);
}
