// What a child's JavaScript would have from its parent by mistake, and what puts it right. Each part of the package says so
// once it has something of the kind. Most children have nothing, and that makes them cheap: of each function that a child
// calls, V8 writes to a page or two, which the kernel copies first.

import { native } from '../native.js';
import { _exit } from '../posix/process.js';

/** @param inChild false: a rehearsal in the parent, which changes nothing that a program could see. */
type Repair = (inChild: boolean) => void;

const repairs: Repair[] = [];
let rehearsed = 0;

/** From now on, every child of this process calls it before fork() returns. */
export function repairInChildren(repair: Repair): void {
  if (!repairs.includes(repair)) repairs.push(repair);
}

/**
 * In the parent, before it forks. V8 compiles a function when it is first called, and every child would do that anew: it
 * took longer than the repair itself.
 */
export function rehearseRepair(): void {
  if (rehearsed === repairs.length) return;
  if (rehearsed === 0) rehearseExit();
  repairRuntime(false, rehearsed);
  rehearsed = repairs.length;
}

/** In the child. The rehearsal calls the same function, so that V8 has compiled it, too. */
export function repairRuntime(inChild: boolean, first = 0): void {
  for (let i = first; i < repairs.length; i++) repairs[i]?.(inChild);
}

function rehearseExit(): void {
  try {
    _exit(Number.NaN); // refused, but compiled
  } catch {}
}

/**
 * Whether this process was made by a fork of this library, or is below one; in its Workers, too.
 *
 * @returns false also in a program that exec or child_process has started.
 */
export function isForkedChild(): boolean {
  return process.platform !== 'win32' && native.isForkedChild();
}
