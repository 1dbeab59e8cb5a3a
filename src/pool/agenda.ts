// Which items of a map are to be done, which of them have been taken, and which are settled.

import { Ledger } from './ledger.js';

/** More slots than the pool has had at the call, for resize. */
const ROOM_TO_GROW = 256;

/**
 * Items are taken by position: the n-th of those that are to be done. At first these are all, in order; when children have
 * died with items that they had taken and not begun, a second round is of what is left.
 */
export class Agenda {
  /** Shared with the children. */
  readonly ledger: Ledger;
  readonly #settled: Uint8Array;
  #settledCount = 0;
  /** How many positions there are to take. */
  #positions: number;
  /** The item at each, where it is not all of them in order. */
  #order: Int32Array | undefined;

  /** @param slots how many the pool has now. */
  constructor(items: number, slots: number) {
    this.ledger = new Ledger(slots + ROOM_TO_GROW);
    this.#settled = new Uint8Array(items);
    this.#positions = items;
  }

  get positions(): number {
    return this.#positions;
  }

  /** The item at a position. */
  at(position: number): number {
    return this.#order === undefined ? position : (this.#order[position] as number);
  }

  /** Whether every position has been taken. */
  get allTaken(): boolean {
    return this.ledger.taken >= this.#positions;
  }

  get settledCount(): number {
    return this.#settledCount;
  }

  isSettled(index: number): boolean {
    return this.#settled[index] !== 0;
  }

  get allSettled(): boolean {
    return this.#settledCount === this.#settled.length;
  }

  settle(index: number): void {
    this.#settled[index] = 1;
    this.#settledCount++;
  }

  /** Another round, once no child is left: of what is not settled. */
  beginAnew(): void {
    const rest: number[] = [];
    for (let i = 0; i < this.#settled.length; i++) if (this.#settled[i] === 0) rest.push(i);
    this.#order = Int32Array.from(rest);
    this.#positions = rest.length;
    this.ledger.rewind();
  }
}
