// What wakes the event loop for somebody who waits is the waiting process's alone: a forked child forgets what it finds, in
// the native fork().

import { native } from '../native.js';

/** The call that stops a native watch. */
export function keepWatch(id: number): () => void {
  return () => native.unwatch(id);
}
