// V8 marks what is in use, and sweeps up the rest, in threads beside the program and between its callbacks: for some 100 ms, if
// the heap is large. Children would go on with it: with 300 MB of objects on Node 24 each then swept for 50 ms, and copied up to 25 MB of
// pages. So a pool has it done before, once.

import { TimeShare } from '../child/time-share.js';
import { native } from '../native.js';
import { now } from '../timers.js';

/** Milliseconds. A parent that makes objects all the while has its heap collected again and again. */
const PATIENCE = 500;
const ofWaiting = new TimeShare(1 / 10);
let waitingSince: number | undefined;

/** In the parent, before it forks: whether it should let its event loop turn for a moment, and ask again. */
export function isCollectorAwaited(): boolean {
  const isAtWork = native.collectorIsAtWork();
  if (waitingSince === undefined) {
    if (!isAtWork || !ofWaiting.isLeft) return false;
    waitingSince = now();
  } else if (!isAtWork || now() - waitingSince > PATIENCE) {
    ofWaiting.take(Math.min(now() - waitingSince, PATIENCE)); // who waited may have been cancelled long ago
    waitingSince = undefined;
    return false;
  }
  return true;
}
