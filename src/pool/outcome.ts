// What comes of a call: of each item, and as a whole.

/** What came of one item. */
export type Outcome<R> = Answer<R> | { index: number; error: Error };

interface Answer<R> {
  index: number;
  value: R;
  /** How long it was in the pipe; missing where it came through none. */
  bytes?: number;
}

/** Why a call as a whole has failed; a callback may throw anything. */
export interface Failure {
  error: unknown;
}

/** Who hears of the items, in the order in which they are settled, and of the end. */
export interface Sink<R> {
  /** May throw: then the call fails with that error. */
  outcome(outcome: Outcome<R>): void;
  /** No child of it is left. */
  over(failure: Failure | undefined): void;
}
