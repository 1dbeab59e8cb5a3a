// What any forked child, of fork() too, has of its parent's pools: nothing. Siblings' pipes are closed, timers stopped, and
// their ends are not waited for here (posix/waitpid-async.ts sees to that).

import { check } from '../errors.js';
import { native } from '../native.js';
import { forgetInterrupts } from './interrupts.js';
import { forgetLeash } from './parent-death.js';
import { forgetTimers } from './timers.js';
import { forgetWork } from './worker.js';

/** The parent's ends of the pipes of running children, and the native watches of them; 0 while not watched. */
const pipes = new Map<number, number>();

/** Calls `arrived` when there is something to read. */
export function watchPipe(fd: number, arrived: () => void): void {
  pipes.set(fd, check('watch', native.watchReadable(fd, arrived), { fd }));
}

export function unwatchPipe(fd: number): void {
  native.unwatch(pipes.get(fd) ?? 0);
  pipes.set(fd, 0);
}

export function closePipe(fd: number): void {
  unwatchPipe(fd);
  pipes.delete(fd);
  native.close(fd);
}

/** One that must not be left open in a child, and is not watched yet. */
export function rememberPipe(fd: number): void {
  pipes.set(fd, 0);
}

/** Once the native watches are forgotten. */
export function forgetPools(inChild: boolean): void {
  forgetInterrupts(inChild);
  forgetLeash(inChild);
  forgetTimers(inChild);
  forgetWork(inChild);
  if (!inChild || pipes.size === 0) return;
  for (const fd of pipes.keys()) native.close(fd);
  pipes.clear();
}
