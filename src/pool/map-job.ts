import { isPromise } from '../validate.js';
import { onAbort } from './aborts.js';
import { CallSite } from './call-site.js';
import type { PoolChild } from './child.js';
import { aborted, ChildDiedError, RemoteError, timedOut } from './errors.js';
import { decodeThrown, decodeValue, KIND, type Kind } from './frames.js';
import type { Host, Job } from './job.js';
import { Ledger } from './ledger.js';
import type { CheckedMapOptions } from './options.js';
import { type Port, PortClosed } from './port.js';
import { place } from './run-job.js';
import type { Exit } from './slots.js';
import { startTimer, stopTimer } from './timers.js';
import { settle } from './worker.js';

/** What came of one item. */
export type Outcome<R> = { index: number; value: R } | { index: number; error: Error };

/** Who hears of the items, in the order in which they are settled, and of the end. */
export interface Sink<R> {
  /** May throw: then the call fails with that error. */
  outcome(outcome: Outcome<R>): void;
  /** No child of it is left. */
  over(failure: Failure | undefined): void;
}

/** Why a call as a whole has failed; a callback may throw anything. */
export interface Failure {
  error: unknown;
}

/** So many children in a row that die before they have begun with anything: then the next would, too. */
const BARREN = 3;

/** One call of map or each: as many children as there are slots, which take the items from one counter. */
export class MapJob<T, R> implements Job {
  readonly name: string | undefined;
  readonly keeps = false;
  readonly #host: Host;
  readonly #items: ArrayLike<T>;
  readonly #work: (item: T, index: number) => R | Promise<R>;
  readonly #options: CheckedMapOptions<T, R>;
  readonly #sink: Sink<R>;
  readonly #site = new CallSite();
  readonly #ledger: Ledger;
  readonly #settled: Uint8Array;
  #settledCount = 0;
  /** The indices that are to be taken, where it is not all of them in order. */
  #order: Int32Array | undefined;
  /** How many positions there are to take. */
  #positions: number;
  readonly #children = new Map<PoolChild, NodeJS.Timeout | undefined>();
  /** Those that have settled an item. */
  readonly #fruitful = new WeakSet<PoolChild>();
  /** Of those that are ended because their item took too long. */
  readonly #late = new Map<PoolChild, Error>();
  /** Of the AbortSignal. */
  readonly #release: () => void;
  #paused = false;
  /** Its children leave their slots to others, until it is resumed. */
  #gaveWay = false;
  #slots: number;
  #refused = false;
  #barren = 0;
  #verdict: Failure | undefined;
  #stopping = false;
  #over = false;

  constructor(
    host: Host,
    slots: number,
    items: ArrayLike<T>,
    work: (item: T, index: number) => R | Promise<R>,
    options: CheckedMapOptions<T, R>,
    sink: Sink<R>,
  ) {
    this.name = options.name;
    this.#host = host;
    this.#items = items;
    this.#work = work;
    this.#options = options;
    this.#sink = sink;
    this.#ledger = new Ledger(slots + ROOM_TO_GROW);
    this.#slots = slots;
    this.#settled = new Uint8Array(items.length);
    this.#positions = items.length;
    this.#release = onAbort(options.signal, this.#abort);
  }

  wants(slot: number): boolean {
    if (this.#stopping || this.#refused || slot >= this.#ledger.capacity) return false;
    return this.#hasWorkFor(slot) && this.#children.size < this.#positions;
  }

  #hasWorkFor(slot: number): boolean {
    return slot < this.#ledger.slots && this.#ledger.taken < this.#positions;
  }

  /** In the child. While nothing is a promise it is one loop; else the rest of it is behind an await. */
  main(port: Port, slot: number): unknown {
    const { chunk, maxTasksPerChild } = this.#options;
    let left = maxTasksPerChild;
    let next = 0;
    let end = 0;
    const go = (): unknown => {
      for (;;) {
        if (next === end) {
          if (left <= 0 || slot >= this.#ledger.slots) return undefined;
          const count = Math.min(chunk, left);
          next = this.#ledger.take(count);
          end = Math.min(next + count, this.#positions);
          if (next >= end) return undefined;
        }
        left--;
        const pending = this.#do(port, slot, this.#order ? (this.#order[next] as number) : next);
        next++;
        if (pending) return pending.then(go);
      }
    };
    return go();
  }

  /** One item; a promise if it is one. */
  #do(port: Port, slot: number, index: number): Promise<void> | undefined {
    port.index = index;
    this.#ledger.begin(slot, index);
    if (this.#options.onStart) port.begun(index);
    this.#ledger.startClock(slot);
    const answer = (value: unknown) => {
      this.#ledger.stopClock(slot);
      port.answer(index, value);
      this.#ledger.leave(slot);
    };
    const fail = (error: unknown) => {
      if (error instanceof PortClosed) throw error;
      this.#ledger.stopClock(slot);
      port.thrown(index, error);
      this.#ledger.leave(slot);
    };
    try {
      const work = this.#work; // not as a method
      const value = work(this.#items[index] as T, index);
      if (isPromise(value)) return settle(value).then(answer, fail);
      answer(value);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }

  spawned(child: PoolChild): void {
    this.#children.set(child, undefined);
    if (this.#paused && !this.#gaveWay) child.pause();
    if (this.#options.timeout > 0) this.#watchTime(child, this.#options.timeout);
  }

  /** Those that have been started go on; when one of them has ended, it is tried again. */
  forkFailed(error: Error): void {
    if (this.#children.size === 0) this.cancel(error);
    else this.#refused = true;
  }

  frame(child: PoolChild, kind: Kind, index: number, payload: Buffer): void {
    if (kind !== KIND.begun) this.#fruitful.add(child);
    if (kind === KIND.begun) {
      this.#callback(() => this.#options.onStart?.(this.#items[index] as T, index));
    } else if (kind === KIND.thrown) {
      const error = new RemoteError(decodeThrown(payload), { ...place(child), index });
      this.#settle({ index, error: this.#site.continue(error) });
    } else if (kind >= KIND.nothing) {
      this.#settle({ index, value: decodeValue(kind, payload) as R });
    }
  }

  ended(child: PoolChild, exit: Exit): void {
    stopTimer(this.#children.get(child));
    this.#children.delete(child);
    const index = this.#ledger.at(child.slot);
    this.#ledger.leave(child.slot);
    const wasAtItem = index >= 0 && this.#settled[index] === 0;
    const late = this.#late.get(child);
    if (wasAtItem && !this.#stopping) {
      this.#settle({ index, error: late ?? this.#site.sign(new ChildDiedError(exit, index)) });
    }
    this.#late.delete(child);
    this.#refused = false;
    if (wasAtItem || this.#fruitful.has(child) || !this.#hasWorkFor(child.slot)) this.#barren = 0;
    else if (++this.#barren > BARREN) this.cancel(late ?? this.#site.sign(new ChildDiedError(exit)));
    if (this.#children.size === 0) this.#allEnded();
    else this.#host.wake();
  }

  #allEnded(): void {
    if (this.#stopping || this.#settledCount === this.#items.length) {
      this.#finish();
      return;
    }
    if (this.#ledger.taken >= this.#positions) this.#takeUpTheRest();
    this.#host.wake();
  }

  /** What a dead child had taken and not begun with. */
  #takeUpTheRest(): void {
    const rest: number[] = [];
    for (let i = 0; i < this.#settled.length; i++) if (this.#settled[i] === 0) rest.push(i);
    this.#order = Int32Array.from(rest);
    this.#positions = rest.length;
    this.#ledger.rewind();
  }

  /** Leaves results in the pipes, and so in the end holds the children back. */
  pause(): void {
    this.#paused = true;
    for (const child of this.#children.keys()) child.pause();
    this.#host.held(this);
  }

  /**
   * Or a consumer that waits for another call of the pool would wait for ever. What the children have at hand is taken: they
   * leave behind it.
   */
  giveWay(): void {
    if (!this.#paused || this.#gaveWay || this.#stopping) return;
    this.#gaveWay = true;
    this.#ledger.slots = 0;
    this.#letGo();
  }

  resume(): void {
    this.#paused = false;
    if (this.#gaveWay) {
      this.#gaveWay = false;
      this.shrink(this.#slots);
      this.#host.wake();
    }
    this.#letGo();
  }

  #letGo(): void {
    try {
      for (const child of this.#children.keys()) child.resume();
    } catch (error) {
      this.cancel(error);
    }
  }

  cancel(error: unknown): void {
    this.#verdict ??= { error };
    this.stop();
  }

  /** Ends the children, and then the call, with the error that it has or without. */
  stop(): void {
    if (this.#stopping || this.#host.inChild) return; // the ledger is the parent's, too
    this.#stopping = true;
    this.#ledger.slots = 0;
    for (const child of this.#children.keys()) this.#host.stop(child);
    if (this.#children.size === 0) this.#finish();
  }

  shrink(slots: number): void {
    this.#slots = slots;
    if (!this.#stopping && !this.#gaveWay) this.#ledger.slots = Math.min(slots, this.#ledger.capacity);
  }

  readonly #abort = () => this.cancel(this.#site.sign(aborted(this.#options.signal as AbortSignal)));

  #settle(outcome: Outcome<R>): void {
    const { index } = outcome;
    if (this.#stopping || this.#settled[index] !== 0) return;
    this.#settled[index] = 1;
    this.#settledCount++;
    this.#barren = 0;
    this.#host.settled('value' in outcome);
    this.#callback(() => this.#sink.outcome(outcome));
    if (this.#options.onProgress) {
      this.#callback(() => this.#options.onProgress?.(this.#settledCount, this.#items.length));
    }
  }

  #callback(call: () => void): void {
    if (this.#stopping) return;
    try {
      call();
    } catch (error) {
      this.cancel(error);
    }
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.#host.over(this);
    this.#sink.over(this.#verdict);
  }

  /** When what the child is at has begun: an item; before the first, the initialiser. */
  #since(child: PoolChild): number {
    if (this.#ledger.at(child.slot) >= 0) return this.#ledger.since(child.slot);
    return this.#host.initialising(child) ? child.startedAt : performance.now();
  }

  /** The child says in the ledger what it is at and since when, so there is nothing to be sent for that. */
  #watchTime(child: PoolChild, milliseconds: number): void {
    const timer = startTimer(() => {
      const { timeout } = this.#options;
      const index = this.#ledger.at(child.slot);
      const left = this.#since(child) + timeout - performance.now();
      if (left > 0) return this.#watchTime(child, Math.min(timeout, Math.ceil(left)));
      const where = { ...place(child), ...(index < 0 ? {} : { index }) };
      this.#late.set(child, this.#site.sign(timedOut(timeout, where)));
      this.#host.stop(child);
    }, milliseconds);
    this.#children.set(child, timer);
  }
}

const ROOM_TO_GROW = 256;
