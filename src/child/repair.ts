// What a child's JavaScript would have from its parent by mistake, and what puts it right. Each part of the package says so
// once it has something of the kind. Most children have nothing, and that makes them cheap: of each function that a child
// calls, V8 writes to a page or two, which the kernel copies first.

import { native } from '../native.js';
import { Rehearsal } from './rehearsal.js';

/** @param inChild false: a rehearsal in the parent, which changes nothing that a program could see. */
type Repair = (inChild: boolean) => void;

const repairs: Repair[] = [];
const rehearsal = new Rehearsal(() => repairRuntime(false));

/** From now on, every child of this process calls it before fork() returns. */
export function repairInChildren(repair: Repair): void {
  if (repairs.includes(repair)) return;
  repairs.push(repair);
  rehearsal.renew();
}

/** In the child. */
export function repairRuntime(inChild: boolean): void {
  for (let i = 0; i < repairs.length; i++) repairs[i]?.(inChild);
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
