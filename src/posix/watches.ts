// Descriptors that wake the event loop for somebody who waits. They are the waiting process's alone: a forked child
// stops those that it finds.

import { native } from '../native.js';

const watches = new Set<number>();

/** Remembers a native watch; the call that it returns stops it. False: it has stopped, or is the parent's. */
export function keepWatch(id: number): () => boolean {
  watches.add(id);
  return () => {
    if (!watches.delete(id)) return false;
    native.unwatch(id);
    return true;
  };
}

export function forgetWatches(inChild: boolean): void {
  if (!inChild || watches.size === 0) return;
  for (const id of watches) native.unwatch(id);
  watches.clear();
}
