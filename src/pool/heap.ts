// V8's heap as the children of a pool should have it. What its collector has yet to do, each of them would do for itself, and
// copy the pages that it writes to: eight children, the same work eight times. So it is done before, once.

import v8 from 'node:v8';
import vm from 'node:vm';
import { startedWith } from '../child/node-options.js';
import { native } from '../native.js';
import { now } from '../timers.js';

/** In the parent, before it forks: false, if the collector is at work and should be left to it for a moment. */
export function isHeapAtRest(): boolean {
  if (isCollectorAwaited()) return false;
  settleYoung();
  return true;
}

/** The part of the parent's time that goes into something. */
class Share {
  readonly #part: number;
  /** Not before; what performance.now() is. */
  #next = 0;

  constructor(part: number) {
    this.#part = part;
  }

  get isLeft(): boolean {
    return now() >= this.#next;
  }

  take(since: number): void {
    const end = now();
    this.#next = end + (end - since) / this.#part;
  }
}

/** Milliseconds. A parent that makes objects all the while has its heap collected again and again. */
const PATIENCE = 500;
const ofWaiting = new Share(1 / 10);
let waitingSince: number | undefined;

/**
 * V8 marks what is in use, and sweeps up the rest, in threads beside the program and between its callbacks, for some 100 ms if
 * the heap is large. Children would go on with it: with 300 MB of objects on Node 24 each then swept for 50 ms, and copied up to 25 MB.
 */
function isCollectorAwaited(): boolean {
  const isAtWork = native.collectorIsAtWork();
  if (waitingSince === undefined) {
    if (!isAtWork || !ofWaiting.isLeft) return false;
    waitingSince = now();
  } else if (!isAtWork || now() - waitingSince > PATIENCE) {
    ofWaiting.take(waitingSince);
    waitingSince = undefined;
    return false;
  }
  return true;
}

/** Bytes: to move less is not worth the milliseconds, and most programs have less. */
const LEAST = 2 * 2 ** 20;
const ofSettling = new Share(1 / 100);

/** V8 ends the process where somebody sets a flag after that. */
const flagsAreFrozen = startedWith('--freeze-flags-after-init');

/**
 * V8 makes objects in its young generation, and moves those that outlive two collections to the old one. What a parent has made
 * last is still among the young, up to 16 MiB on Node 20. The first child that fills the rest of these with objects of its own has its
 * parent's moved, too, and all that points to them written to: 11 MB were seen to cost each such child 65 to 90 MB.
 */
function settleYoung(): void {
  if (native.youngUsed() < LEAST || flagsAreFrozen || !ofSettling.isLeft) return;
  const since = now();
  const collect = findGc();
  if (typeof collect !== 'function') return;
  // The first one makes of them what has outlived a collection.
  for (let i = 0; i < 2 && native.youngUsed() >= LEAST; i++) collect({ type: 'minor' });
  ofSettling.take(since);
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
