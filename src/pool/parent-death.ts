// A pool child ends when its parent has, however that ended. Linux sends it SIGKILL. Elsewhere there is a pipe that only
// the parent can write to, and never does: it ends with the parent, which a child sees whenever its event loop turns.

import { check, systemError } from '../errors.js';
import { native } from '../native.js';

const bySignal = process.platform === 'linux';

/** [readFd, writeFd] of this process's pipe. */
let leash: [number, number] | undefined;
/** The readFd of the parent's. */
let inherited: number | undefined;

/** In the parent, before it forks. */
export function prepareParentDeath(): void {
  if (bySignal || leash !== undefined) return;
  const ends = native.pipe();
  if (typeof ends === 'number') throw systemError('pipe', ends);
  leash = ends;
}

/** In any child: only the parent may hold the write end. */
export function forgetLeash(inChild: boolean): void {
  if (!inChild || leash === undefined) return;
  if (inherited !== undefined) native.close(inherited);
  native.close(leash[1]);
  inherited = leash[0];
  leash = undefined;
}

/** In a pool child of `parent`, first of all. -1: a rehearsal. */
export function endWithParent(parent: number): void {
  check('prctl', native.endWithParent(parent));
}

/** The other way, once the parent's own watches are gone. */
export function watchParent(): void {
  if (inherited === undefined) return;
  check(
    'watch',
    native.watchReadable(inherited, () => native.exitAtOnce(1)),
  );
}

/** In the parent, while there is no leash to forget; see rehearsal.ts. */
export function rehearseParentDeath(): void {
  endWithParent(-1);
  if (inherited === undefined) watchParent();
}
