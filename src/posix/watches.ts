// What wakes the event loop for somebody who waits is the waiting process's alone: a forked child forgets what it finds.

import { native } from '../native.js';

/** The call that stops a native watch. False: it has stopped, or is the parent's. */
export function keepWatch(id: number): () => boolean {
  return () => native.unwatch(id);
}

export function forgetWatches(inChild: boolean): void {
  if (inChild) native.forgetWatches();
}
