// SIGINT and SIGTERM of the parent, while pools have children: they end the children first, and then do what they would
// have done without us. We listen past process.on(): the program's lists of listeners show nothing of it, and a child
// forgets it with one native call, where process.off() would write to some forty pages of its memory.

import { constants } from 'node:os';
import { check } from '../errors.js';
import { native } from '../native.js';

/** What has children to be ended. */
export interface Interruptible {
  /** Ends all children, and starts no more. Resolves when they have ended. */
  interrupt(signal: NodeJS.Signals): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Interrupt = (typeof SIGNALS)[number];

const holders = new Set<Interruptible>();
/** Native ones, while there are holders. */
let watches: number[] = [];

/** From its first child on. */
export function holdInterrupts(holder: Interruptible): void {
  if (holders.size === 0) {
    noticeRemovals();
    watches = SIGNALS.map((signal) =>
      check(
        'sigaction',
        native.watchSignal(constants.signals[signal], () => interrupted(signal)),
      ),
    );
  }
  holders.add(holder);
}

/** When its last child has ended. */
export function releaseInterrupts(holder: Interruptible): void {
  if (holders.delete(holder) && holders.size === 0) stopWatching();
}

function stopWatching(): void {
  for (const watch of watches) native.unwatch(watch);
  watches = [];
}

function interrupted(signal: Interrupt): void {
  const programListens = process.listenerCount(signal) > 0 || removed.has(signal);
  const ends = [...holders].map((holder) => holder.interrupt(signal));
  if (programListens) return;
  void Promise.allSettled(ends).then(() => {
    stopWatching();
    process.kill(native.getpid(), signal);
  });
}

/** What has lost a listener in this turn of the loop: a once() of the program's may have had the signal before us. */
const removed = new Set<string>();
let noticing = false;

function noticeRemovals(): void {
  if (noticing) return;
  noticing = true;
  process.on('removeListener', (name) => {
    if (holders.size === 0 || !SIGNALS.includes(name as Interrupt)) return;
    removed.add(name as string);
    setImmediate(() => removed.delete(name as string)).unref();
  });
}

/** In any child, once the native watches are forgotten: the pools are the parent's. */
export function forgetInterrupts(inChild: boolean): void {
  if (!inChild || holders.size === 0) return;
  holders.clear();
  removed.clear();
  watches = [];
}
