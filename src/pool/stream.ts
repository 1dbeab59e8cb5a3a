// For each(): outcomes as an async iterator. A consumer that does not keep up holds the children back, through pause().

import { inChild } from './errors.js';
import type { Failure, Outcome, Sink } from './outcome.js';

/** What the stream asks of its job. */
export interface Flow {
  pause(): void;
  resume(): void;
  /** The consumer wants no more. */
  stop(): void;
}

/** The job is made with the first next(), so that a stream which nobody reads costs nothing. */
export interface LazyFlow extends Flow {
  start(): void;
  /** The caller is a child of the process that the job runs in; or, where nothing is forked, a function of the pool. */
  isParents(): boolean;
}

/** What may wait for the consumer, outcomes and bytes of them in the pipes; beyond, they wait there. */
const HIGH = 256;
const LOW = 64;
const HIGH_BYTES = 64 * 2 ** 20;
const LOW_BYTES = 16 * 2 ** 20;

interface Ready<V> {
  value: V;
  bytes: number;
}

interface Waiting<V> {
  resolve(result: IteratorResult<V, undefined>): void;
  reject(error: unknown): void;
}

/** @param convert makes what is yielded; if it throws, that ends the call. */
export class Stream<R, V> implements Sink<R>, AsyncIterableIterator<V> {
  readonly #flow: LazyFlow;
  readonly #convert: (outcome: Outcome<R>) => V;
  readonly #ready: (Ready<V> | undefined)[] = [];
  #bytes = 0;
  /** Of next() calls; then nothing is ready. */
  readonly #waiting: Waiting<V>[] = [];
  #taken = 0;
  #started = false;
  #paused = false;
  #end: { failure: Failure | undefined } | undefined;
  readonly #onEnd: (() => void)[] = [];

  constructor(flow: LazyFlow, convert: (outcome: Outcome<R>) => V) {
    this.#flow = flow;
    this.#convert = convert;
  }

  outcome(outcome: Outcome<R>): void {
    if (this.#end) return; // the consumer has left
    const value = this.#convert(outcome);
    const waiting = this.#waiting.shift();
    if (waiting) {
      waiting.resolve({ done: false, value });
      return;
    }
    const bytes = ('bytes' in outcome && outcome.bytes) || 0;
    this.#ready.push({ value, bytes });
    this.#bytes += bytes;
    if (this.#paused || (this.#ready.length - this.#taken < HIGH && this.#bytes < HIGH_BYTES)) return;
    this.#paused = true;
    this.#flow.pause();
  }

  over(failure: Failure | undefined): void {
    this.#end = { failure };
    for (const done of this.#onEnd.splice(0)) done();
    for (const waiting of this.#waiting.splice(0)) this.#answerEnd(waiting);
  }

  next(): Promise<IteratorResult<V, undefined>> {
    if (!this.#started && this.#end === undefined) {
      this.#started = true;
      this.#flow.start();
    }
    if (this.#taken < this.#ready.length) {
      return Promise.resolve({ done: false, value: this.#take() });
    }
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject };
      if (this.#end) this.#answerEnd(waiting);
      else if (this.#flow.isParents()) reject(inChild());
      else this.#waiting.push(waiting);
    });
  }

  /** `break` in a `for await`: the children are ended first. */
  async return(): Promise<IteratorResult<V, undefined>> {
    this.#ready.length = this.#taken = 0;
    if (!this.#started) this.#end ??= { failure: undefined };
    if (this.#end === undefined && !this.#flow.isParents()) {
      const over = new Promise<void>((resolve) => this.#onEnd.push(resolve));
      this.#flow.stop();
      await over;
    }
    this.#end = { failure: undefined };
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): V {
    const { value, bytes } = this.#ready[this.#taken] as Ready<V>;
    this.#ready[this.#taken++] = undefined; // the consumer's alone; it may be large
    this.#bytes -= bytes;
    if (this.#taken === this.#ready.length || this.#taken === HIGH) {
      this.#ready.splice(0, this.#taken);
      this.#taken = 0;
    }
    if (this.#paused && this.#ready.length - this.#taken <= LOW && this.#bytes <= LOW_BYTES) {
      this.#paused = false;
      this.#flow.resume();
    }
    return value;
  }

  /** An error is told once; after it there is nothing. */
  #answerEnd({ resolve, reject }: Waiting<V>): void {
    const failure = this.#end?.failure;
    this.#end = { failure: undefined };
    if (failure) reject(failure.error);
    else resolve({ done: true, value: undefined });
  }
}
