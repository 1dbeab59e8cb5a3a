// A pool of 0 slots forks nothing: the work is done here, one piece after the other. So a program can be debugged in one
// process, or run where fork is refused.

import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from '../timers.js';
import { broken } from './errors.js';
import { InlineCall, type Piece } from './inline-call.js';
import type { CheckedRunOptions } from './options.js';
import type { Failure, Outcome, Sink } from './outcome.js';
import type { Scheduler } from './scheduler.js';
import type { Task } from './share.js';
import type { Flow } from './stream.js';

export class Inline {
  /** Those that are not over. */
  readonly #calls = new Set<InlineCall>();
  /** Of them, those that wait for a turn, in this order. */
  readonly #turns = new Set<InlineCall>();
  #serving = false;
  /** Calls that have not begun. */
  queued = 0;
  /** 1 while one of them runs. */
  running = 0;
  readonly #init: ((slot: number) => unknown) | undefined;
  #initialised: Promise<unknown> | undefined;
  readonly #inside = new AsyncLocalStorage<true>();
  readonly #host: Pick<Scheduler, 'settled' | 'changes'>;

  constructor(init: ((slot: number) => unknown) | undefined, host: Pick<Scheduler, 'settled' | 'changes'>) {
    this.#init = init;
    this.#host = host;
  }

  /** Nothing is left to do. */
  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** Whether the caller is a function that this pool runs: what it waited for here would come after itself. */
  get isCaller(): boolean {
    return this.#inside.getStore() === true;
  }

  /** Calls that have not begun. */
  cancelQueued(error: () => Error): void {
    for (const call of [...this.#calls]) if (call.waiting) call.cancel(call.site.sign(error()));
  }

  /** All of them; but nothing can end the function that one is at. */
  end(error: () => Error): void {
    for (const call of [...this.#calls]) call.cancel(call.site.sign(error()));
  }

  run<R>(work: () => R | Promise<R>, { signal }: CheckedRunOptions): Promise<R> {
    return new Promise((resolve, reject) => {
      let value: R;
      const turn = async (call: InlineCall) => {
        await this.#initialise();
        if (!call.failure) value = await this.#inside.run(true, work);
        return true;
      };
      // Not sooner: a call that has been ended while its function ran rejects, whatever that returns.
      const over = (failure: Failure | undefined) => {
        this.#host.settled(failure === undefined);
        if (failure) reject(failure.error);
        else resolve(value);
      };
      this.#add({ turn, over }, signal);
    });
  }

  map<T, R>({ items, work, options }: Task<T, R>, sink: Sink<R>): Flow {
    const { signal, onStart, onProgress } = options;
    let next = 0;
    let stopped = false;
    let paused = false;
    // While nobody takes the results others have their turn: who is to take them may wait for one of those.
    const turn = async (call: InlineCall) => {
      const ends = () => stopped || call.failure !== undefined;
      await this.#initialise();
      while (next < items.length && !paused && !ends()) {
        const index = next++;
        const item = items[index] as T;
        onStart?.(item, index);
        if (ends()) break;
        let outcome: Outcome<R>;
        try {
          outcome = { index, value: await this.#inside.run(true, () => work(item, index)) };
        } catch (error) {
          outcome = { index, error: error as Error };
        }
        if (ends()) break;
        this.#host.settled('value' in outcome);
        sink.outcome(outcome);
        onProgress?.(index + 1, items.length);
      }
      return stopped || next === items.length;
    };
    const call = this.#add({ turn, over: (failure) => sink.over(failure) }, signal);
    return {
      pause() {
        paused = true;
      },
      resume: () => {
        paused = false;
        if (!call.isOver) this.#wantsTurn(call);
      },
      stop() {
        stopped = true;
        call.stop();
      },
    };
  }

  #add(piece: Piece, signal: AbortSignal | undefined): InlineCall {
    const call = new InlineCall(piece, signal, (ended) => this.#over(ended));
    this.#calls.add(call);
    this.queued++;
    this.#wantsTurn(call);
    return call;
  }

  #over(call: InlineCall): void {
    if (call.waiting) this.queued--;
    this.#calls.delete(call);
    this.#turns.delete(call);
    this.#host.changes.tell();
  }

  #wantsTurn(call: InlineCall): void {
    this.#turns.add(call);
    if (!this.#serving) void this.#serve();
  }

  /** One after the other, each from a turn of the event loop of its own, as a fork would be made. */
  async #serve(): Promise<void> {
    this.#serving = true;
    for (const call of this.#turns) {
      await new Promise((turn) => setImmediate(turn));
      if (!this.#turns.delete(call)) continue; // it is over
      if (call.waiting) this.queued--;
      this.running = 1;
      const turn = call.turn();
      this.#host.changes.tell();
      await turn;
      this.running = 0;
      this.#host.changes.tell();
    }
    this.#serving = false;
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
}
