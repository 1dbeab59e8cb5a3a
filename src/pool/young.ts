// V8 makes objects in its young generation, and those that outlive two collections are moved to the old one. What a parent has
// just made is still among the young, up to 16 MiB on Node 20. The first child that fills the rest of these with objects of its own
// has its parent's moved, too: 11 MB of young objects were seen to cost each such child 65 to 90 MB of copied pages, since all
// that points to them is written to as well. So it is done once, in the parent.

import v8 from 'node:v8';
import vm from 'node:vm';
import { startedWith } from '../child/node-options.js';
import { native } from '../native.js';
import { now } from '../timers.js';

/** Bytes: to move less is not worth the milliseconds, and most programs have less. */
const LEAST = 2 * 2 ** 20;

/** A hundredth of the time at most goes into it: a parent may make objects all the while. */
const SHARE = 1 / 100;

/** V8 ends the process where somebody sets a flag after that. */
const flagsAreFrozen = startedWith('--freeze-flags-after-init');

/** Not before; what performance.now() is. */
let next = 0;

/** In the parent, before it forks: moves what is in use of the young objects to the old. */
export function settleYoung(): void {
  if (native.youngUsed() < LEAST || flagsAreFrozen) return;
  const before = now();
  if (before < next) return;
  const collect = findGc();
  if (typeof collect !== 'function') return;
  // The first one makes of them what has outlived a collection.
  for (let i = 0; i < 2 && native.youngUsed() >= LEAST; i++) collect({ type: 'minor' });
  const after = now();
  next = after + (after - before) / SHARE;
}

type Gc = (options: { type: 'minor' }) => void;

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
