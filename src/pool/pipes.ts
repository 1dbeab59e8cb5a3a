// The parent's ends of the pipes of running children. A sibling that held one would read what is not for it.

import { repairInChildren } from '../child/repair.js';
import { check } from '../errors.js';
import { native } from '../native.js';

/** With the native watches of them; 0 while not watched. */
let pipes = new Map<number, number>();
/** What a child has instead, made before it: to empty the other takes V8's runtime, of which each child would map six pages. */
let ofChild = new Map<number, number>();

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
  if (ofChild === pipes) ofChild = new Map();
  pipes.set(fd, 0);
  repairInChildren(closePipes);
}

/** In any child, where their watches are forgotten. */
function closePipes(inChild: boolean): void {
  for (const fd of (inChild ? pipes : REHEARSED).keys()) native.close(fd);
  if (inChild) pipes = ofChild;
}

/** No descriptor. */
const REHEARSED: ReadonlyMap<number, number> = new Map([[-1, 0]]);
