// fork() refuses while work in the background goes on (ERR_FORK_BUSY). A program that calls it must deal with that. What forks
// by itself, a pool or forkChild, has time, and a loop whose turns may be just what that work waits for. So it tries again,
// and longer each time: a try holds up the loop, a rest between two gives it as long to itself.

import { now } from '../timers.js';

const FIRST_TRY = 50;
/** Milliseconds that are no time for another try. */
const NOTHING = 2;

export class Patience {
  /** Milliseconds that a call may be refused a child. */
  readonly #limit: number;
  /** Since when each has been, without a fork between. */
  #since: WeakMap<object, number> | undefined;
  #try: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#try = Math.min(FIRST_TRY, limit);
  }

  /** Milliseconds that the next fork may wait. */
  get try(): number {
    return Math.ceil(this.#try);
  }

  /**
   * A fork was refused, and all calls that wait for one with it.
   *
   * @returns those whose time is over; if there are none, the milliseconds to rest before another fork.
   */
  refused<Call extends object>(calls: Iterable<Call>): { over: Call[]; rest: number } {
    const present = now();
    const over: Call[] = [];
    let left = Infinity;
    this.#since ??= new WeakMap();
    for (const call of calls) {
      const since = this.#since.get(call) ?? present - this.#try;
      const ofIt = since + this.#limit - present;
      if (ofIt < NOTHING) {
        over.push(call);
        this.#since.delete(call); // a keeper's next try has its own time
      } else {
        this.#since.set(call, since);
        left = Math.min(left, ofIt);
      }
    }
    const rest = Math.min(this.#try, left / 2);
    this.#try = over.length > 0 ? Math.min(FIRST_TRY, this.#limit) : Math.min(2 * this.#try, left - rest);
    return { over, rest };
  }

  /** A fork was made, or nobody waits for one any more. */
  reset(): void {
    this.#since = undefined;
    this.#try = Math.min(FIRST_TRY, this.#limit);
  }
}
