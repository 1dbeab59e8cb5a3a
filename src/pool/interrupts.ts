// SIGINT and SIGTERM of the parent, while pools have children: they end the children first, and then do what they would
// have done without us. We listen past process.on(): the program's lists of listeners show nothing of it, and a child
// forgets it with one native call, where process.off() would write to some forty pages of its memory.

import { constants } from 'node:os';
import { repairInChildren } from '../child/repair.js';
import { check } from '../errors.js';
import { native } from '../native.js';
import { self } from '../self.js';
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

class State {
  readonly holders = new Set<Interruptible>();
  /** Native ones, while there are holders. */
  readonly watches = new Map<string, number>();
  /** How many signals that we are yet to be told of a listener has had that is there no more: a once() of the program's. */
  readonly heard = new Map<string, number>();
  /** This process is about to end by a signal. */
  dying = false;
  /** What is to be done if it does not. */
  readonly postponed: (() => void)[] = [];
}

let state = new State();
/** What a child has instead, made before it: to empty the other takes V8's runtime, of which each child would map some pages. */
let ofChild = new State();

/** From its first child on. */
export function holdInterrupts(holder: Interruptible): void {
  const { holders, watches } = state;
  if (watches.size === 0) {
    if (ofChild === state) ofChild = new State();
    noticeRemovals(true);
    for (const signal of SIGNALS) {
      // One that the program has chosen to ignore does nothing to the children either.
      if (getdisposition(signal) === 'ignore') continue;
      const watch = native.watchSignal(constants.signals[signal], () => interrupted(signal));
      watches.set(signal, check('sigaction', watch));
    }
  }
  holders.add(holder);
  repairInChildren(forgetInterrupts);
}

/**
 * When its last child has ended. At once: what hears of that may compute for long, and a signal is to end it meanwhile. (One that
 * has come and was not told yet is raised again.)
 */
export function releaseInterrupts(holder: Interruptible): void {
  if (state.holders.delete(holder)) stopIfDone();
}

/** Whether a child that has ended so may not be the only one who got that signal. */
export function mayBeForAll(signal: NodeJS.Signals | null): boolean {
  return signal === 'SIGINT' || signal === 'SIGTERM';
}

/** A signal that a listener has had must not be raised again. */
function stopIfDone(): void {
  if (state.holders.size === 0 && state.heard.size === 0) stopWatching();
}

function stopWatching(): void {
  noticeRemovals(false);
  for (const watch of state.watches.values()) native.unwatch(watch);
  state.watches.clear();
  state.heard.clear();
}

export function isDying(): boolean {
  return state.dying;
}

/**
 * Calls at once, but not in a process that is about to end by a signal: as at any such end, none of the program's code runs
 * any more on that account. Nothing is forked and no call settles, or a program that goes on after an error would go on for
 * ever.
 */
export function unlessDying(call: () => void): void {
  if (state.dying) state.postponed.push(call);
  else call();
}

function interrupted(signal: Interrupt): void {
  const those = [...state.holders];
  if (wasHeard(signal) || self.listenerCount(signal) > 0) {
    for (const holder of those) holder.interrupt(signal);
    return;
  }
  if (state.dying) return;
  state.dying = true;
  void Promise.all(those.map((holder) => holder.endChildren())).then(() => {
    stopWatching();
    process.kill(native.getpid(), signal);
    // Still here: it is blocked, or somebody listens to it by now.
    state.dying = false;
    for (const holder of those) holder.interrupt(signal);
    for (const call of state.postponed.splice(0)) call();
  });
}

let noticing = false;

/** Not for good: Jest loads the package anew for each file of tests, and Node takes more than ten listeners for a leak. */
function noticeRemovals(notices: boolean): void {
  if (notices === noticing) return;
  noticing = notices;
  if (notices) self.on('removeListener', noticeRemoval);
  else self.off('removeListener', noticeRemoval);
}

/**
 * A once() of the program's may have a signal before us, and in another turn of the loop, where a thread has caught it that tells
 * the two of it while this one reads. With its last listener Node has closed its own watch, and libuv has waited for that thread:
 * what it has caught is counted.
 */
function noticeRemoval(name: string | symbol): void {
  const watch = state.watches.get(name as string);
  if (watch === undefined || self.listenerCount(name) > 0) return;
  const untold = native.untoldSignals(watch);
  if (untold > 0) state.heard.set(name as string, untold);
}

/** We are told of one of those. */
function wasHeard(signal: Interrupt): boolean {
  const { heard } = state;
  const left = heard.get(signal);
  if (left === undefined) return false;
  if (left > 1) heard.set(signal, left - 1);
  else heard.delete(signal);
  setImmediate(stopIfDone);
  return true;
}

/** In any child: the pools are the parent's, and the native watches are forgotten. */
function forgetInterrupts(inChild: boolean): void {
  if (!inChild)
    noticeRemoval('none'); // a child hears of its own, too
  else state = ofChild;
}
