// The children that this process has forked and not yet reaped. The kernel is asked first; this list serves where it
// cannot answer, because no descriptor is left to read /proc with.

import { native } from '../native.js';

const forked = new Set<number>();

export function rememberChild(pid: number): void {
  forked.add(pid);
}

export function forgetChild(pid: number): void {
  forked.delete(pid);
}

/** In a child: they are the parent's. */
export function forgetChildren(inChild: boolean): void {
  if (inChild && forked.size > 0) forked.clear();
}

/** Those that this process forked or adopted, running or ended, and that are not libuv's. */
export function ownChildren(libuvs: readonly number[] = native.libuvChildren()): number[] {
  const theirs = new Set(libuvs);
  return [...new Set([...native.listChildren(), ...forked])].filter((child) => !theirs.has(child));
}
