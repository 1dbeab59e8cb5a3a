// The memory that a map's parent and children share: which item is next, and who is at which.
//
// A child that is killed leaves in it what it was at. That is why an item is entered before it begins.

import { sharedMemory } from '../memory/shared-memory.js';
import { now } from '../timers.js';

/** Words of 32 bits: the next position, how many slots there are, then for each slot two. */
const NEXT = 0;
const SLOTS = 1;
const FIRST = 2;
/** Of a slot: its item + 1, or 0; and whether its child is to take no more. */
const ITEM = 0;
const CONDEMNED = 1;
const WORDS = 2;

export class Ledger {
  readonly #words: Int32Array;
  /**
   * Since when each slot's item has run, or has been over: performance.now(), which is one clock in parent and children.
   * Infinity: the clock stands.
   */
  readonly #since: Float64Array;
  readonly capacity: number;

  /** @param capacity how many slots it can have, ever. */
  constructor(capacity: number) {
    this.capacity = capacity;
    const words = FIRST + WORDS * capacity;
    const bytes = 4 * words;
    const aligned = Math.ceil(bytes / 8) * 8;
    const memory = sharedMemory(aligned + 8 * capacity);
    this.#words = new Int32Array(memory, 0, words);
    this.#since = new Float64Array(memory, aligned, capacity).fill(Number.POSITIVE_INFINITY);
    this.slots = capacity;
  }

  /** Takes up to `count` positions before `end`, and returns the first; `end`: there is none left. */
  take(count: number, end: number): number {
    for (;;) {
      const next = this.taken;
      const after = Math.min(next + count, end);
      if (Atomics.compareExchange(this.#words, NEXT, next, after) === next) return next;
    }
  }

  /** How many have been taken. */
  get taken(): number {
    return Atomics.load(this.#words, NEXT);
  }

  rewind(): void {
    Atomics.store(this.#words, NEXT, 0);
  }

  /** A child in a slot above that takes no further item. */
  get slots(): number {
    return Atomics.load(this.#words, SLOTS);
  }

  set slots(count: number) {
    Atomics.store(this.#words, SLOTS, count);
  }

  begin(slot: number, index: number): void {
    this.stopClock(slot);
    this.#set(slot, ITEM, index + 1);
  }

  startClock(slot: number): void {
    this.#since[slot] = now();
  }

  /** A child that waits for its parent to read does not take its time. */
  stopClock(slot: number): void {
    this.#since[slot] = Number.POSITIVE_INFINITY;
  }

  /** To take another, or to end, its child has as much time as for an item. */
  leave(slot: number): void {
    this.startClock(slot);
    this.#set(slot, ITEM, 0);
  }

  /** A child that is being ended takes no further item, however long it lives. */
  condemn(slot: number): void {
    this.#set(slot, CONDEMNED, 1);
  }

  isCondemned(slot: number): boolean {
    return this.#get(slot, CONDEMNED) !== 0;
  }

  /** For the next child of the slot. */
  clear(slot: number): void {
    this.stopClock(slot);
    this.#set(slot, ITEM, 0);
    this.#set(slot, CONDEMNED, 0);
  }

  /** The item that the slot is at; -1: none. */
  at(slot: number): number {
    return this.#get(slot, ITEM) - 1;
  }

  since(slot: number): number {
    return this.#since[slot] as number;
  }

  #get(slot: number, word: number): number {
    return Atomics.load(this.#words, FIRST + WORDS * slot + word);
  }

  #set(slot: number, word: number, value: number): void {
    Atomics.store(this.#words, FIRST + WORDS * slot + word, value);
  }
}
