// A storm at the limits: no process more than a few, and no descriptor at all. The kernel does not hold root to the
// first, so root becomes somebody else for good.

import { openSync, readFileSync } from 'node:fs';
import * as os from 'just-fork';

const NOBODY = 54_321;
/** Processes and threads of children that there is room for. */
const ROOM = 4;

/** @returns what gives the descriptors back. */
export function reachLimits(): () => void {
  if (process.getuid?.() === 0) {
    process.setgid?.(NOBODY);
    process.setuid?.(NOBODY);
  }
  const threads = Number(/Threads:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  os.setrlimit('NPROC', threads + ROOM);
  const taken = [openSync('/dev/null', 'r')];
  os.setrlimit('NOFILE', (taken[0] as number) + 10);
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EMFILE') throw error;
  }
  return () => taken.splice(0).forEach(os.close);
}

/** What fork() throws at the limit, and nothing else. */
export function isAtLimit(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' && syscall === 'fork';
}
