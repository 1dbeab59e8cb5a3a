// A keeper's slots, as it sees them: who is in each, and when it is to be refilled.

import { startTimer, stopTimer } from '../child/timers.js';
import type { PoolChild } from './child.js';

export class Seat {
  child: PoolChild | undefined;
  /** It has had a child. */
  started = false;
  /** It is left empty. */
  done = false;
  /** Children in a row that have not lasted. */
  failures = 0;
  /** Running: it is refilled then. */
  #timer: NodeJS.Timeout | undefined;
  /** Its child is ended on purpose; what to call when there is a new one, or there will be none. */
  #renewed: (() => void) | undefined;

  get isFree(): boolean {
    return this.child === undefined && this.#timer === undefined && !this.done;
  }

  get isRenewed(): boolean {
    return this.#renewed !== undefined;
  }

  /** Resolves with renewalOver(). */
  renew(): Promise<void> {
    return new Promise((resolve) => {
      this.#renewed = resolve;
    });
  }

  renewalOver(): void {
    this.#renewed?.();
    this.#renewed = undefined;
  }

  /** Leaves it free for so many milliseconds. */
  rest(milliseconds: number, over: () => void): void {
    this.#timer = startTimer(() => {
      this.#timer = undefined;
      over();
    }, milliseconds);
  }

  /** There will be no new child. */
  close(): void {
    stopTimer(this.#timer);
    this.renewalOver();
  }
}

export class Seats {
  #seats: Seat[] = [];

  constructor(count: number) {
    this.resize(count);
  }

  get count(): number {
    return this.#seats.length;
  }

  [Symbol.iterator](): Iterator<Seat> {
    return this.#seats.values();
  }

  at(slot: number): Seat {
    return this.#seats[slot] as Seat;
  }

  /** Returns those that are there no more. */
  resize(count: number): Seat[] {
    for (let slot = this.count; slot < count; slot++) this.#seats.push(new Seat());
    return this.#seats.splice(count);
  }
}
