import { closeSync, openSync } from 'node:fs';
import { forkHeir } from '../child/fork.js';
import { boolean } from '../validate.js';
import { dup2 } from './descriptors.js';
import { setsid } from './groups.js';
import { _exit } from './process.js';

/**
 * Goes on in the background: without a terminal, in a session of its own, adopted by init. Two forks, as in every Unix
 * book: the parent of each leaves at once with 0, without 'exit' listeners, and the second keeps the daemon from ever
 * getting a terminal. See daemon(3).
 *
 * @param nochdir keeps the working directory; else it is "/".
 * @param noclose keeps descriptors 0 to 2, and the daemon writes what was printed and a pipe has not taken yet; else they are
 *   on /dev/null, process.stdin is at its end, and a terminal that process.stdout and its kin had is left. All other
 *   descriptors stay open in either case.
 * @returns nothing, and in the daemon alone, whose pid is a new one.
 * @throws what fork() throws. If the first fork fails, the calling process has it, and goes on; what fails after that
 *   (the second fork, or opening /dev/null) is thrown in a child that nobody waits for.
 * @throws ERR_INVALID_ARG_TYPE: not a boolean. Nothing was forked.
 */
export function daemon(nochdir = false, noclose = false): void {
  boolean('nochdir', nochdir);
  boolean('noclose', noclose);
  if (forkHeir() > 0) _exit(0);
  setsid();
  if (forkHeir() > 0) _exit(0);
  if (!nochdir) process.chdir('/');
  if (noclose) return;
  const nowhere = openSync('/dev/null', 'r+');
  for (const fd of [0, 1, 2]) dup2(nowhere, fd);
  if (nowhere > 2) closeSync(nowhere);
}
