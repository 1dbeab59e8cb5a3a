// fork() refuses while work in the background goes on (ERR_FORK_BUSY). A program that calls it must deal with that; a pool
// has time, and a loop whose turns may be just what that work waits for. So it tries again, and longer each time: a try
// holds up the loop, a rest between two gives it as long to itself.

import { now } from '../timers.js';

const FIRST_TRY = 50;

export class Patience {
  /** Milliseconds, from the first refusal. */
  readonly #limit: number;
  #since = Number.NaN;
  #try = FIRST_TRY;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Milliseconds that the next fork may wait. */
  get try(): number {
    return Math.min(this.#try, this.#limit);
  }

  /** Milliseconds to rest before another fork; undefined: the time is over. */
  refused(): number | undefined {
    const present = now();
    if (Number.isNaN(this.#since)) this.#since = present - this.try;
    const rest = this.#try;
    if (present + rest - this.#since > this.#limit) {
      this.granted();
      return undefined;
    }
    this.#try *= 2;
    return rest;
  }

  granted(): void {
    this.#since = Number.NaN;
    this.#try = FIRST_TRY;
  }
}
