// Of children that take items by themselves: none may take too long over one. Each says in the ledger what it is at and since
// when, so nothing is sent for that.

import { startTimer, stopTimer } from '../child/timers.js';
import { now } from '../timers.js';
import type { PoolChild } from './child.js';
import type { Ledger } from './ledger.js';

export class TimeLimit {
  /** Milliseconds. */
  readonly #limit: number;
  readonly #ledger: Ledger;
  readonly #initialising: (child: PoolChild) => boolean;
  readonly #exceeded: (child: PoolChild, index: number) => void;
  readonly #timers = new Map<PoolChild, NodeJS.Timeout>();

  /**
   * @param initialising whether a child is still at the pool's initialiser, which counts as an item.
   * @param exceeded called once for a child, with the item that it is at, or -1.
   */
  constructor(
    limit: number,
    ledger: Ledger,
    initialising: (child: PoolChild) => boolean,
    exceeded: (child: PoolChild, index: number) => void,
  ) {
    this.#limit = limit;
    this.#ledger = ledger;
    this.#initialising = initialising;
    this.#exceeded = exceeded;
  }

  watch(child: PoolChild): void {
    if (this.#limit < Infinity) this.#lookIn(child, this.#limit);
  }

  forget(child: PoolChild): void {
    stopTimer(this.#timers.get(child));
    this.#timers.delete(child);
  }

  #lookIn(child: PoolChild, milliseconds: number): void {
    this.#timers.set(
      child,
      startTimer(() => this.#look(child), milliseconds),
    );
  }

  #look(child: PoolChild): void {
    const index = this.#ledger.at(child.slot);
    const since = this.#since(child);
    const left = since + this.#limit - now();
    if (left > 0) {
      this.#lookIn(child, Math.min(this.#limit, Math.ceil(left)));
      return;
    }
    this.#ledger.condemn(child.slot);
    const isAtIt = this.#ledger.at(child.slot) === index && this.#since(child) === since;
    if (isAtIt) this.#exceeded(child, index);
    // Else it has come to something else before it could see that, is not late with it, and leaves by itself behind it.
    else this.#lookIn(child, this.#limit);
  }

  /**
   * When what the child is at has begun: an item; before the first, the initialiser; behind the last, its end, which waits for
   * somebody to take what it has printed.
   */
  #since(child: PoolChild): number {
    const since = this.#ledger.since(child.slot);
    const hasBegun = this.#ledger.at(child.slot) >= 0 || since !== Number.POSITIVE_INFINITY;
    return !hasBegun && this.#initialising(child) ? child.startedAt : since;
  }
}
