// A pool of 0 slots forks nothing: the work is done here, one piece after the other. So a program can be debugged in one
// process, or run where fork is refused.

import { AsyncLocalStorage } from 'node:async_hooks';
import { abortError } from '../errors.js';
import { setImmediate } from '../timers.js';
import { broken } from './errors.js';
import type { CheckedRunOptions } from './options.js';
import type { Failure, Outcome, Sink } from './outcome.js';
import type { Scheduler } from './scheduler.js';
import type { Task } from './share.js';
import type { Flow } from './stream.js';

export class Inline {
  /** What runs or waits for its turn: the end of it. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #unsettled = new Set<Promise<unknown>>();
  /** Calls that have not begun. */
  queued = 0;
  /** 1 while one of them runs. */
  running = 0;
  /** Why those do not begin any more, */
  #refusal: Error | undefined;
  /** nor any item of a map. */
  #end: Error | undefined;
  readonly #init: ((slot: number) => unknown) | undefined;
  #initialised: Promise<unknown> | undefined;
  readonly #inside = new AsyncLocalStorage<true>();
  readonly #host: Pick<Scheduler, 'settled' | 'changes'>;

  constructor(init: ((slot: number) => unknown) | undefined, host: Pick<Scheduler, 'settled' | 'changes'>) {
    this.#init = init;
    this.#host = host;
  }

  /** Resolves when nothing is left to do. */
  get idle(): Promise<unknown> {
    return Promise.all(this.#unsettled);
  }

  /** Whether the caller is a function that this pool runs: what it waited for here would come after itself. */
  get isCaller(): boolean {
    return this.#inside.getStore() === true;
  }

  /** Calls that have not begun fail with `error`. */
  cancelQueued(error: Error): void {
    this.#refusal ??= error;
  }

  /** So does the rest of the one that runs; but nothing can end the function that it is at. */
  end(error: Error): void {
    this.#refusal ??= error;
    this.#end ??= error;
  }

  run<R>(work: () => R | Promise<R>, { signal }: CheckedRunOptions): Promise<R> {
    const turn = this.#turn(async () => {
      refuseIfAborted(signal);
      return this.#count(work);
    });
    this.#remember(turn);
    return turn;
  }

  map<T, R>({ items, work, options }: Task<T, R>, sink: Sink<R>): Flow {
    const { signal, onStart, onProgress } = options;
    let next = 0;
    let stopped = false;
    let paused: Promise<void> | undefined;
    let resume = () => {};
    const isOver = () => stopped || next === items.length;
    const part = async () => {
      while (!isOver() && !paused) {
        refuseIfAborted(signal);
        if (this.#end) throw this.#end;
        const index = next++;
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
    };
    // While nobody takes the results others have their turn: who is to take them may wait for one of those.
    const all = async () => {
      await this.#turn(part);
      for (;;) {
        await paused;
        if (isOver()) return;
        await this.#turn(part, true);
      }
    };
    const call = all().then(
      () => sink.over(undefined),
      (error) => sink.over({ error } satisfies Failure),
    );
    this.#remember(call);
    return {
      pause() {
        paused = new Promise((resolve) => {
          resume = resolve;
        });
      },
      resume() {
        paused = undefined;
        resume();
      },
      stop() {
        stopped = true;
        resume();
      },
    };
  }

  #remember(call: Promise<unknown>): void {
    const forget = () => void this.#unsettled.delete(settled);
    const settled: Promise<void> = call.then(forget, forget);
    this.#unsettled.add(settled);
  }

  /** After those before it, from a turn of the event loop of its own, as a fork would be made. */
  #turn<R>(work: () => Promise<R>, hasBegun = false): Promise<R> {
    if (!hasBegun) this.queued++;
    const done = this.#last
      .then(() => new Promise((turn) => setImmediate(turn)))
      .then(() => {
        if (hasBegun) return;
        this.queued--;
        this.#host.changes.tell();
        if (this.#refusal) throw this.#refusal;
        return this.#initialise();
      })
      .then(() => {
        this.running = 1;
        return work();
      })
      .finally(() => {
        this.running = 0;
        this.#host.changes.tell();
      });
    this.#last = done.catch(() => {});
    return done;
  }

  /** Once, as in one child; and it fails all calls if it fails. */
  #initialise(): Promise<unknown> {
    const init = this.#init;
    this.#initialised ??= this.#inside
      .run(true, async () => init?.(0))
      .catch((error) => {
        throw broken(error);
      });
    return this.#initialised;
  }

  async #count<R>(work: () => R | Promise<R>): Promise<R> {
    try {
      const value = await this.#inside.run(true, work);
      this.#host.settled(true);
      return value;
    } catch (error) {
      this.#host.settled(false);
      throw error;
    }
  }
}

function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}
