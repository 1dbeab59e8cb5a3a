// What wakes the event loop when something has happened to a child.

import { constants } from 'node:os';
import { isMainThread } from 'node:worker_threads';
import { repairInChildren } from '../child/repair.js';
import { startTimer, stopTimer } from '../child/timers.js';
import { native } from '../native.js';
import { getdisposition } from '../signals/action.js';
import { ownChildren } from './children.js';
import { keepWatch } from './watches.js';

/** Calls `look` when the child may have ended, until the returned call stops it. */
export function watchChild(pid: number, look: () => void): () => void {
  const id = native.watchExit(pid, look);
  return id < 0 ? watchBySignal(look) : keepWatch(id);
}

/**
 * Calls `look` when one of the children that match may have ended, stopped or gone on, until the returned call stops it.
 * Descriptors tell the end of those that are there, even where SIGCHLD is blocked; SIGCHLD tells the rest: a stop, the
 * end of one that is forked or adopted later.
 *
 * @param ends whether an end is asked for: who does not take it would be woken by its descriptor for ever.
 */
export function watchChildren(
  matches: (child: number) => boolean,
  ends: boolean,
  look: () => void,
): () => void {
  const watched = new Map<number, () => void>();
  let stopped = false;
  const again = () => {
    look();
    if (!stopped) renew();
  };
  const renew = () => {
    const now = new Set(ends ? ownChildren().filter(matches) : []);
    for (const [child, stop] of watched) {
      if (now.has(child)) continue;
      stop();
      watched.delete(child);
    }
    for (const child of now) {
      if (watched.has(child)) continue;
      const id = native.watchExit(child, again);
      if (id >= 0) watched.set(child, keepWatch(id));
    }
  };
  renew();
  const stopSignal = watchBySignal(again);
  return () => {
    stopped = true;
    for (const stop of watched.values()) stop();
    stopSignal();
  };
}

const { SIGCHLD } = constants.signals;

/** Milliseconds between two looks: a signal can be missed. */
const LOST = 1000;

/**
 * SIGCHLD says that something has happened to some child, and several ends can come as one signal: so each means "look".
 * Alone it is the way of a kernel before 5.3, a sandbox that forbids pidfd_open, or a process without a descriptor left. At
 * any time the program may block it or set it to its default, and a Worker hears of none: a look from time to time makes up
 * for a lost one.
 */
export function watchBySignal(look: () => void): () => void {
  listening.add(look);
  repairInChildren(forgetWaits);
  // A watch would end "ignore", by which the kernel reaps each child. A Worker's would be on a loop that a fork does not
  // renew: its signals would come to the parent's Worker.
  if (isMainThread && signalWatch === undefined && getdisposition(SIGCHLD) !== 'ignore') {
    const id = native.watchSignal(SIGCHLD, lookAll);
    if (id >= 0) signalWatch = keepWatch(id);
  }
  let timer: NodeJS.Timeout;
  const lookIn = (milliseconds: number) => {
    timer = startTimer(() => {
      lookIn(LOST); // not later: the look may stop it
      look();
    }, milliseconds);
  };
  // There may be no descriptor because the child is gone, and then no signal comes.
  lookIn(0);
  return () => {
    stopTimer(timer);
    listening.delete(look);
    if (listening.size > 0) return;
    signalWatch?.();
    signalWatch = undefined;
  };
}

/** Those whom one watch serves, and what stops it. */
const listening = new Set<() => void>();
let signalWatch: (() => void) | undefined;

function lookAll(): void {
  for (const look of [...listening]) look();
}

/** In a forked child, which has neither the native watch nor the timers: those who are waited for are the parent's children. */
function forgetWaits(inChild: boolean): void {
  if (!inChild) return;
  listening.clear();
  signalWatch = undefined;
}
