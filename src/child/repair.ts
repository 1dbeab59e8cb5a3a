// What a child's JavaScript would have from its parent by mistake, and what puts it right. Each part of the package says so
// once it has something of the kind. Most children have nothing, and that makes them cheap: of each function that a child
// calls, V8 writes to a page or two, which the kernel copies first.

import { native } from '../native.js';
import { Rehearsal } from './rehearsal.js';

/** @param inChild false: a rehearsal in the parent, which changes nothing that a program could see. */
type Repair = (inChild: boolean) => void;

const repairs: Repair[] = [];
const rehearsal = new Rehearsal(() => repairIfChild(0, false));

/** From now on, every child of this process calls it before fork() returns. */
export function repairInChildren(repair: Repair): void {
  if (repairs.includes(repair)) return;
  repairs.push(repair);
  rehearsal.renew();
}

/**
 * After a fork, in both processes. Not under an `if` of its caller, which V8 makes fast as the parent goes through it, where that
 * is never entered: each child would fall out of the fast code, into a slow one that V8 has yet to look up.
 */
export function repairIfChild(pid: number, really = true): void {
  if (pid !== 0) return;
  for (let i = 0; i < repairs.length; i++) repairs[i]?.(really);
}

/** A repair does more from now on. */
export function rehearseAnew(): void {
  rehearsal.renew();
}

/** In the parent, before it forks. */
export function rehearseRepair(): void {
  rehearsal.run();
}

/**
 * Whether this process was made by a fork of this library, or is below one; in its Workers, too.
 *
 * @returns false also in a program that exec or child_process has started.
 */
export function isForkedChild(): boolean {
  return process.platform !== 'win32' && native.isForkedChild();
}
