import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { now } from '../timers.js';

/** What a pool has done so far. */
export interface PoolStats {
  /** Children forked. */
  readonly started: number;
  /** Children that run, or have ended and are not yet reaped. */
  readonly running: number;
  /** Calls that wait for their first child. */
  readonly queued: number;
  /** Calls of run, and items of map and each, that gave a result. */
  readonly done: number;
  /** The same, that gave an error. */
  readonly failed: number;
  /** Children that this pool has ended by a signal. */
  readonly killed: number;
  /**
   * In nanoseconds: how long calls have waited for their first child, how long the parent was busy with each fork, how
   * long children ran. Recorded from the first time that this is read.
   */
  readonly times: PoolTimes;
}

/** Histograms of node:perf_hooks, in nanoseconds. */
export interface PoolTimes {
  /** How long calls have waited for their first child. */
  readonly queue: RecordableHistogram;
  /** How long the parent was busy with each fork. */
  readonly fork: RecordableHistogram;
  /** How long children ran, from the fork to the reaping. */
  readonly run: RecordableHistogram;
}

/** The books of one pool. */
export class Books {
  started = 0;
  done = 0;
  failed = 0;
  killed = 0;
  #times: PoolTimes | undefined;

  get times(): PoolTimes {
    this.#times ??= { queue: createHistogram(), fork: createHistogram(), run: createHistogram() };
    return this.#times;
  }

  /** @param since what performance.now() was then. */
  record(what: keyof PoolTimes, since: number): void {
    // A histogram takes whole numbers from 1.
    this.#times?.[what].record(Math.max(1, Math.round((now() - since) * 1e6)));
  }

  settled(good: boolean): void {
    if (good) this.done++;
    else this.failed++;
  }
}
