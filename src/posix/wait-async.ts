// The waits for any child, as promises. Each asks as its synchronous twin does, with WNOHANG.

import type { SignalInfo } from '../signals/info.js';
import { flags, pidOrGroup, signalAlone } from '../validate.js';
import { watchChildren } from './child-watch.js';
import { untilFound } from './until-found.js';
import { matches, type UsageResult, type WaitResult, WNOHANG, wait4, waitpid } from './wait.js';
import { checkWaitid, matchesId, WEXITED, waitid } from './waitid.js';

/**
 * wait() that leaves the event loop free: the kernel wakes it (pidfd and SIGCHLD on Linux, kqueue and SIGCHLD on macOS). It
 * keeps the loop alive. Children that are forked or adopted while it waits count, too. A wait that is pending when this
 * process forks belongs to the parent: in the child it never settles. See wait(2).
 *
 * @param options.signal stops waiting, and reaps nobody.
 * @returns `[pid, status]`. Rejects with ECHILD: there is no child to wait for, at first or any more; with an AbortError
 *   (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE: `options`; at once, not as a rejection.
 */
export function waitAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<WaitResult> {
  return untilFound(
    () => {
      const found = waitpid(-1, WNOHANG);
      return found[0] === 0 ? undefined : found;
    },
    (look) => watchChildren(() => true, true, look),
    signalAlone(options),
  );
}

/**
 * wait3() that leaves the event loop free: wait4Async(-1, options). See wait3(2).
 *
 * @param options WUNTRACED and WCONTINUED, joined with `|`; with WNOHANG it waits for nothing. Default 0.
 * @param async.signal stops waiting, and reaps nobody.
 * @returns what wait3() returns. Rejects with what it throws; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function wait3Async(
  options = 0,
  async: { signal?: AbortSignal | undefined } = {},
): Promise<UsageResult> {
  return wait4Async(-1, options, async);
}

/**
 * wait4() that leaves the event loop free, for one child, a group, or any; woken and kept alive as waitAsync is. Where a
 * program has blocked SIGCHLD or set it to its default, or in a Worker, the ends of children that were there when
 * it began to wait are told at once, and all else within a second. See wait4(2).
 *
 * @param pid as for waitpid.
 * @param options WUNTRACED and WCONTINUED, joined with `|`; with WNOHANG it waits for nothing. Default 0.
 * @param async.signal stops waiting, and reaps nobody.
 * @returns what wait4() returns. Rejects with what it throws; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function wait4Async(
  pid: number,
  options = 0,
  async: { signal?: AbortSignal | undefined } = {},
): Promise<UsageResult> {
  const target = pidOrGroup('pid', pid);
  const how = flags('options', options);
  return untilFound(
    () => {
      const found = wait4(target, how | WNOHANG);
      return found[0] === 0 && (how & WNOHANG) === 0 ? undefined : found;
    },
    (look) => watchChildren((child) => matches(child, target), true, look),
    signalAlone(async),
  );
}

/**
 * waitid() that leaves the event loop free; woken and kept alive as wait4Async is. See waitid(2).
 *
 * @param idType as for waitid.
 * @param id as for waitid. The descriptor of P_PIDFD must stay open until then.
 * @param options as for waitid; with WNOHANG it waits for nothing.
 * @param async.signal stops waiting, and leaves the child as it is.
 * @returns what waitid() returns. Rejects with what it throws; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function waitidAsync(
  idType: number,
  id: number,
  options: number,
  async: { signal?: AbortSignal | undefined } = {},
): Promise<SignalInfo | null> {
  checkWaitid(idType, id, options);
  return untilFound(
    () => waitid(idType, id, options | WNOHANG) ?? (options & WNOHANG ? null : undefined),
    (look) => watchChildren(matchesId(idType, id), (options & WEXITED) !== 0, look),
    signalAlone(async),
  );
}
