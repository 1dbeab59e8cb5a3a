// A pool child ends when its parent has, however that ended. Linux sends it SIGKILL. Elsewhere there is a pipe that only
// the parent can write to, and never does: it ends with the parent, which a child sees whenever its event loop turns.

import { repairInChildren } from '../child/repair.js';
import { check, systemError } from '../errors.js';
import { native } from '../native.js';

const bySignal = process.platform === 'linux';

/** [readFd, writeFd] of this process's pipe. */
let leash: [number, number] | undefined;
/** The readFd of the parent's. */
let inherited: number | undefined;

/** The pid that must be this pool child's parent. */
let master: number | undefined;

/** In the parent, before it forks. */
export function prepareParentDeath(): void {
  repairInChildren(forgetLeash);
  if (bySignal) keepThroughChanges();
  if (bySignal || leash !== undefined) return;
  const ends = native.ownPipe();
  if (typeof ends === 'number') throw systemError('pipe', ends);
  leash = ends;
}

/** In any child: only the parent may hold the write end. */
function forgetLeash(inChild: boolean): void {
  if (!inChild) return;
  if (master !== undefined) master = undefined;
  if (leash === undefined) return;
  if (inherited !== undefined) native.close(inherited);
  native.close(leash[1]);
  inherited = leash[0];
  leash = undefined;
}

/** In a pool child of `parent`, first of all. -1: a rehearsal. */
export function endWithParent(parent: number): void {
  if (parent > 0) master = parent;
  check('prctl', native.endWithParent(parent));
}

/**
 * A process whose user or group changes loses the signal: prctl(2), PR_SET_PDEATHSIG. So each change in a pool child asks for
 * it anew.
 */
function keepThroughChanges(): void {
  if (kept) return;
  kept = true;
  const calls = process as unknown as Record<string, ((...ids: unknown[]) => void) | undefined>;
  for (const name of ['setuid', 'seteuid', 'setgid', 'setegid', 'setgroups', 'initgroups']) {
    const change = calls[name];
    if (change === undefined) continue; // in a Worker
    const value = (...ids: unknown[]) => {
      change.apply(process, ids);
      if (master !== undefined) check('prctl', native.endWithParent(master));
    };
    Object.defineProperty(process, name, { value, writable: true, enumerable: true, configurable: true });
  }
}

let kept = false;

/** The other way, once the parent's own watches are gone. */
export function watchParent(): void {
  if (inherited === undefined) return;
  check(
    'watch',
    native.watchReadable(inherited, () => native.exitAtOnce(1)),
  );
}

/** In the parent; see rehearsal.ts. */
export function rehearseParentDeath(): void {
  endWithParent(-1);
  if (inherited === undefined) watchParent();
}
