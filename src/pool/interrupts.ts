// SIGINT and SIGTERM of the parent, while pools have children: they end the children first, and then do what they would
// have done without us. We listen past process.on(): the program's lists of listeners show nothing of it, and a child
// forgets it with one native call, where process.off() would write to some forty pages of its memory.

import { constants } from 'node:os';
import { repairInChildren } from '../child/repair.js';
import { check } from '../errors.js';
import { native } from '../native.js';
import { getdisposition } from '../signals/action.js';
import { setImmediate } from '../timers.js';

/** What has children to be ended. */
export interface Interruptible {
  /** Where the program goes on: ends all children, and fails their calls. */
  interrupt(signal: NodeJS.Signals): void;
  /** Ends all children, and tells nobody. Resolves when they have ended. */
  endChildren(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
type Interrupt = (typeof SIGNALS)[number];

const holders = new Set<Interruptible>();
/** Native ones, while there are holders. */
let watches: number[] = [];

/** From its first child on. */
export function holdInterrupts(holder: Interruptible): void {
  if (watches.length === 0) {
    noticeRemovals();
    // One that the program has chosen to ignore does nothing to the children either.
    const heard = SIGNALS.filter((signal) => getdisposition(signal) !== 'ignore');
    watches = heard.map((signal) =>
      check(
        'sigaction',
        native.watchSignal(constants.signals[signal], () => interrupted(signal)),
      ),
    );
  }
  holders.add(holder);
  repairInChildren(forgetInterrupts);
}

/**
 * When its last child has ended. Not before the end of this turn of the loop: a terminal's SIGINT goes to the children, too,
 * and libuv tells of their ends first. (One that comes between that and the end of the watch is raised again.)
 */
export function releaseInterrupts(holder: Interruptible): void {
  if (!holders.delete(holder) || holders.size > 0) return;
  setImmediate(() => {
    if (holders.size === 0) stopWatching();
  });
}

/** Whether a child that has ended so may not be the only one who got that signal. */
export function mayBeForAll(signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGINT' || signal === 'SIGTERM';
}

function stopWatching(): void {
  for (const watch of watches) native.unwatch(watch);
  watches = [];
}

/** This process is about to end by a signal. */
let dying = false;
/** What is to be done if it does not. */
const postponed: (() => void)[] = [];

export function isDying(): boolean {
  return dying;
}

/**
 * Calls at once, but not in a process that is about to end by a signal: as at any such end, none of the program's code runs
 * any more on that account. Nothing is forked and no call settles, or a program that goes on after an error would go on for
 * ever.
 */
export function unlessDying(call: () => void): void {
  if (dying) postponed.push(call);
  else call();
}

function interrupted(signal: Interrupt): void {
  const those = [...holders];
  if (process.listenerCount(signal) > 0 || removed.has(signal)) {
    for (const holder of those) holder.interrupt(signal);
    return;
  }
  if (dying) return;
  dying = true;
  void Promise.all(those.map((holder) => holder.endChildren())).then(() => {
    stopWatching();
    process.kill(native.getpid(), signal);
    // Still here: it is blocked, or somebody listens to it by now.
    dying = false;
    for (const holder of those) holder.interrupt(signal);
    for (const call of postponed.splice(0)) call();
  });
}

/** What has lost a listener in this turn of the loop: a once() of the program's may have had the signal before us. */
const removed = new Set<string>();
let noticing = false;

function noticeRemovals(): void {
  if (noticing) return;
  noticing = true;
  process.on('removeListener', noticeRemoval);
}

function noticeRemoval(name: string | symbol): void {
  if (holders.size === 0 || !SIGNALS.includes(name as Interrupt)) return;
  removed.add(name as string);
  setImmediate(() => removed.delete(name as string)).unref();
}

/** In any child: the pools are the parent's, and the native watches are forgotten. */
function forgetInterrupts(inChild: boolean): void {
  if (!inChild) noticeRemoval('none'); // a child hears of its own, too
  if (!inChild || (watches.length === 0 && holders.size === 0)) return;
  dying = false;
  postponed.length = 0;
  holders.clear();
  removed.clear();
  watches = [];
}
