// What becomes of a map's outcomes: one array at the end, or a stream.

import type { Failure, Outcome, Sink } from './outcome.js';

/** What is made of each, in the order of the items. */
export class Collected<R, V> implements Sink<R> {
  readonly promise: Promise<V[]>;
  readonly #convert: (outcome: Outcome<R>) => V;
  readonly #all: V[];
  #resolve!: (all: V[]) => void;
  #reject!: (error: unknown) => void;

  constructor(length: number, convert: (outcome: Outcome<R>) => V) {
    this.#convert = convert;
    this.#all = new Array(length);
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  outcome(outcome: Outcome<R>): void {
    this.#all[outcome.index] = this.#convert(outcome);
  }

  over(failure: Failure | undefined): void {
    if (failure) this.#reject(failure.error);
    else this.#resolve(this.#all);
  }
}

/** For map and each: the first error ends the call. */
export function resultOf<R>(outcome: Outcome<R>): R {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** For mapSettled and eachSettled. */
export function settledResult<R>(outcome: Outcome<R>): PromiseSettledResult<R> {
  return 'error' in outcome
    ? { status: 'rejected', reason: outcome.error }
    : { status: 'fulfilled', value: outcome.value };
}

/** Passes outcomes on in the order of the items. */
export class Ordered<R> implements Sink<R> {
  readonly #to: Sink<R>;
  readonly #early = new Map<number, Outcome<R>>();
  #next = 0;

  constructor(to: Sink<R>) {
    this.#to = to;
  }

  outcome(outcome: Outcome<R>): void {
    this.#early.set(outcome.index, outcome);
    for (let next = this.#early.get(this.#next); next; next = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next++;
      this.#to.outcome(next);
    }
  }

  over(failure: Failure | undefined): void {
    this.#to.over(failure);
  }
}

/** Tells somebody of the values. */
export class Told<R> implements Sink<R> {
  readonly #tell: (index: number, value: R) => void;

  constructor(tell: (index: number, value: R) => void) {
    this.#tell = tell;
  }

  outcome(outcome: Outcome<R>): void {
    if ('value' in outcome) this.#tell(outcome.index, outcome.value);
  }

  over(): void {}
}

/** Passes everything on to the one, and then to the other. */
export class Both<R> implements Sink<R> {
  readonly #one: Sink<R>;
  readonly #other: Sink<R>;

  constructor(one: Sink<R>, other: Sink<R>) {
    this.#one = one;
    this.#other = other;
  }

  outcome(outcome: Outcome<R>): void {
    this.#one.outcome(outcome);
    this.#other.outcome(outcome);
  }

  over(failure: Failure | undefined): void {
    this.#one.over(failure);
    this.#other.over(failure);
  }
}
