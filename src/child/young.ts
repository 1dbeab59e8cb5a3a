// V8 makes objects in its young generation, and moves those that outlive two collections to the old one. What a parent has made
// last is still among the young, up to 16 MiB on Node 20. A child that fills the rest of these with objects of its own has its
// parent's moved, too, and all that points to them written to: 11 MB were seen to cost each such child 65 to 90 MB of copied pages, and
// 60 ms. So it is done once, in the parent.

import v8 from 'node:v8';
import vm from 'node:vm';
import { native } from '../native.js';
import { now } from '../timers.js';
import { startedWith } from './node-options.js';
import { TimeShare } from './time-share.js';

/** Bytes: to move less is not worth the milliseconds, and most programs have less. */
const LEAST = 2 * 2 ** 20;
const ofSettling = new TimeShare(1 / 100);

/** V8 ends the process where somebody sets a flag after that. */
const flagsAreFrozen = startedWith('--freeze-flags-after-init');

/** In the parent, before it forks. */
export function settleYoung(): void {
  if (native.youngUsed() < LEAST || flagsAreFrozen || !ofSettling.isLeft) return;
  const since = now();
  try {
    collect ??= findGc();
    // The first one makes of them what has outlived a collection.
    for (let i = 0; i < 2 && native.youngUsed() >= LEAST; i++) collect?.({ type: 'minor' });
  } catch {
    // No stack is left, say: a fork can do without.
  }
  ofSettling.take(now() - since);
}

type Gc = (options: { type: 'minor' }) => void;

/** Looked for once, for a flag is the process's: a Worker that makes a context in that moment would have it there. */
let collect: Gc | undefined;

/** V8 puts it into new contexts only, and only while its flag is set. It stays as it was: the program's contexts are as ever. */
function findGc(): Gc | undefined {
  const ofNewContext = () => vm.runInNewContext('globalThis.gc') as Gc | undefined;
  const present = ofNewContext();
  if (present !== undefined) return present;
  v8.setFlagsFromString('--expose-gc');
  try {
    return ofNewContext();
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
