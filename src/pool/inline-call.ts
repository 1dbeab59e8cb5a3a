// One call of a pool of 0 slots. It is done in turns, in this process, and may be over before its first.

import { AsyncResource } from 'node:async_hooks';
import { onAbort } from '../aborts.js';
import { CallSite } from '../call-site.js';
import { abortError } from '../errors.js';
import type { Failure } from './outcome.js';

/** What a call does, and where it ends. */
export interface Piece {
  /** Until all is done, or nothing can be done for now: then it resolves to false. */
  turn(call: InlineCall): Promise<boolean>;
  over(failure: Failure | undefined): void;
}

export class InlineCall {
  /** It has had no turn yet. */
  waiting = true;
  /** It has its turn: nothing can end the function that it is at. */
  running = false;
  isOver = false;
  /** What comes of it. */
  failure: Failure | undefined;
  /** Where it was made: what its errors show. */
  readonly site = new CallSite();
  readonly #piece: Piece;
  readonly #ended: () => void;
  /** That of AsyncLocalStorage, where the call was made. */
  readonly #context = new AsyncResource('just-fork:pool');
  /** Of the AbortSignal. */
  readonly #release: () => void;

  constructor(piece: Piece, signal: AbortSignal | undefined, ended: (call: InlineCall) => void) {
    this.#piece = piece;
    this.#ended = () => ended(this);
    this.#release = onAbort(signal, () => this.cancel(this.site.sign(abortError(signal as AbortSignal))));
  }

  async turn(): Promise<void> {
    this.waiting = false;
    this.running = true;
    let isDone = true;
    try {
      isDone = await this.#context.runInAsyncScope(() => this.#piece.turn(this));
    } catch (error) {
      this.failure ??= { error };
    }
    this.running = false;
    if (isDone || this.failure) this.#finish();
  }

  /** Fails: at once, or when the function that it is at has ended. */
  cancel(error: unknown): void {
    this.failure ??= { error };
    this.stop();
  }

  /** Ends it, without an error if it has none. */
  stop(): void {
    if (!this.running) this.#finish();
  }

  #finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#release();
    this.#ended();
    this.#piece.over(this.failure);
    this.#context.emitDestroy();
  }
}
