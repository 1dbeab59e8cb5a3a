// What wakes the parent of a pool: a child that has ended, or has something to say; and the turn of the event loop after that.

import { repairInChildren } from '../child/repair.js';
import { native } from '../native.js';
import { setImmediate } from '../timers.js';

/** A child, in its parent. */
export interface Watched {
  /** It may have ended. */
  mayHaveEnded(): void;
  /** There is something to read, or nothing more. */
  look(): void;
}

/** By the numbers that they have natively, where a forked child forgets them. */
const watched: (Watched | undefined)[] = [];
let listener: number | undefined;

/**
 * @param pid 0: somebody else tells when it ends.
 * @param readFd closed with the watch, unless this fails.
 * @returns the number by which it is left; `-errno`: its end, or its pipe, cannot be watched.
 */
export function watch(child: Watched, pid: number, readFd: number): number {
  listener ??= native.listenToChildren(told, takeTurn);
  const number = native.watchPoolChild(listener, pid, readFd);
  if (number < 0) return number;
  watched[number] = child;
  if (made === readFd) made = NONE;
  return number;
}

export function leave(number: number): void {
  watched[number] = undefined;
  native.leavePoolChild(number);
}

let telling = false;
const turns: (() => void)[] = [];

function told(number: number, hasEnded: boolean): boolean {
  const child = watched[number];
  telling = true;
  try {
    if (hasEnded) child?.mayHaveEnded();
    else child?.look();
  } finally {
    telling = false;
  }
  return turns.length > 0;
}

/**
 * Calls it later in this turn of the loop, where setImmediate has its calls, with nothing below it on the stack. If a child has waked
 * the loop, that is done natively: Node calls sixteen functions for an immediate, and a fork copies what each of them writes to.
 */
export function inTurn(call: () => void): void {
  if (telling) turns.push(call);
  else setImmediate(call);
}

/** One a turn: a fork takes its time. */
function takeTurn(): void {
  const call = turns.shift();
  for (const other of turns.splice(0)) setImmediate(other);
  call?.();
}

const NONE = -1;
/** The end of a pipe that no child has yet. */
let made = NONE;

/** From its making until it is watched: a sibling that held it would read what is not for it. */
export function guardPipe(readFd: number): void {
  made = readFd;
  repairInChildren(closeMade);
}

export function closePipe(readFd: number): void {
  if (made === readFd) made = NONE;
  native.close(readFd);
}

function closeMade(inChild: boolean): void {
  native.close(inChild ? made : NONE);
  if (inChild) made = NONE; // the number may be another's there
}
