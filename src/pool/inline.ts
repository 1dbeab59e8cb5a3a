// A pool of 0 slots forks nothing: the work is done here, one piece after the other. So a program can be debugged in one
// process, or run where fork is refused.

import { aborted } from './errors.js';
import type { Failure, Outcome, Sink } from './map-job.js';
import type { CheckedMapOptions, CheckedRunOptions } from './options.js';
import type { Flow } from './stream.js';

export class Inline {
  #last: Promise<unknown> = Promise.resolve();
  readonly #settled: (good: boolean) => void;

  constructor(settled: (good: boolean) => void) {
    this.#settled = settled;
  }

  /** Resolves when nothing is left to do. */
  get idle(): Promise<unknown> {
    return this.#last;
  }

  run<R>(work: () => R | Promise<R>, { signal }: CheckedRunOptions): Promise<R> {
    return this.#queue(async () => {
      refuseIfAborted(signal);
      return this.#count(work);
    });
  }

  map<T, R>(
    items: ArrayLike<T>,
    work: (item: T, index: number) => R | Promise<R>,
    options: CheckedMapOptions<T, R>,
    sink: Sink<R>,
  ): Flow {
    const { signal, onStart, onProgress } = options;
    let stopped = false;
    let resume = () => {};
    let paused: Promise<void> | undefined;
    const all = this.#queue(async () => {
      for (let index = 0; index < items.length && !stopped; index++) {
        await paused;
        refuseIfAborted(signal);
        const item = items[index] as T;
        onStart?.(item, index);
        let outcome: Outcome<R>;
        try {
          outcome = { index, value: await this.#count(() => work(item, index)) };
        } catch (error) {
          outcome = { index, error: error as Error };
        }
        sink.outcome(outcome);
        onProgress?.(index + 1, items.length);
      }
    });
    all.then(
      () => sink.over(undefined),
      (error) => sink.over({ error } satisfies Failure),
    );
    return {
      pause() {
        paused = new Promise((resolve) => {
          resume = resolve;
        });
      },
      resume: () => resume(),
      stop() {
        stopped = true;
        resume();
      },
    };
  }

  /** From a turn of the event loop of its own, as a fork would be made. */
  #queue<R>(work: () => Promise<R>): Promise<R> {
    const done = this.#last.then(() => new Promise((turn) => setImmediate(turn))).then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #count<R>(work: () => R | Promise<R>): Promise<R> {
    try {
      const value = await work();
      this.#settled(true);
      return value;
    } catch (error) {
      this.#settled(false);
      throw error;
    }
  }
}

function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(signal);
}
