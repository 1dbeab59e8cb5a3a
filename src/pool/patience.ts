// fork() refuses while work in the background goes on (ERR_FORK_BUSY). A program that calls it must deal with that; a pool
// has time, and a loop whose turns may be just what that work waits for. So it tries again, and longer each time: a try
// holds up the loop, a rest between two gives it as long to itself.

import { now } from '../timers.js';
import type { Call } from './calls.js';

const FIRST_TRY = 50;

export class Patience {
  /** Milliseconds that a call may be refused a child. */
  readonly #limit: number;
  /** Since when each has been, without a fork between. */
  #since: WeakMap<Call, number> | undefined;
  #try = FIRST_TRY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Milliseconds that the next fork may wait. */
  get try(): number {
    return Math.min(this.#try, this.#limit);
  }

  /**
   * A fork was refused, and all that wait for one with it.
   *
   * @returns those whose time is over; if there are none, the milliseconds to rest before another fork.
   */
  refused(calls: Iterable<Call>): { over: Call[]; rest: number } {
    const present = now();
    const begun = present - this.try;
    const rest = this.#try;
    const over: Call[] = [];
    this.#since ??= new WeakMap();
    for (const call of calls) {
      const since = this.#since.get(call) ?? begun;
      this.#since.set(call, since);
      if (present + rest - since > this.#limit) over.push(call);
    }
    for (const call of over) this.#since.delete(call); // a keeper's next try has its own time
    this.#try = over.length > 0 ? FIRST_TRY : rest * 2;
    return { over, rest };
  }

  granted(): void {
    this.#since = undefined;
    this.#try = FIRST_TRY;
  }
}
