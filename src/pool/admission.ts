// Which calls a pool accepts, and who waits until there is room for one.

import { CallSite } from '../call-site.js';
import { abortError } from '../errors.js';
import { setImmediate } from '../timers.js';
import { closed, inChild, keeping, queueFull } from './errors.js';
import type { Inline } from './inline.js';
import type { Scheduler } from './scheduler.js';

export class Admission {
  /** The pool takes no more calls. */
  closed = false;
  readonly #scheduler: Scheduler;
  readonly #inline: Inline;
  readonly #maxQueue: number;
  /** Of ready(). */
  readonly #waiting = new Set<() => void>();
  /** Those for whom it has just resolved. */
  #admitted = 0;

  constructor(scheduler: Scheduler, inline: Inline, maxQueue: number) {
    this.#scheduler = scheduler;
    this.#inline = inline;
    this.#maxQueue = maxQueue;
  }

  /** Calls that wait for their first child. */
  get queued(): number {
    return this.#scheduler.calls.queued + this.#inline.queued;
  }

  /** Why a call is not accepted. */
  refusal(signal?: AbortSignal): Error | undefined {
    if (this.#scheduler.inChild || this.#inline.isCaller) return inChild();
    if (this.closed) return closed();
    if (this.#scheduler.failure) return this.#scheduler.failure();
    if (signal?.aborted) return new CallSite().sign(abortError(signal));
    if (this.#scheduler.calls.keepers > 0) return keeping();
    if (this.#room <= 0) return queueFull(this.queued, this.#maxQueue);
    return undefined;
  }

  /** Resolves when a call would find room, or none will be taken any more. */
  ready(): Promise<void> {
    if (this.#waiting.size === 0 && this.#mayGoOn()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
      if (this.#waiting.size === 1) void this.#scheduler.changes.until(() => this.#serve());
    });
  }

  /** In the order in which they came. True: nobody waits any more. */
  #serve(): boolean {
    for (const resolve of this.#waiting) {
      if (!this.#mayGoOn()) return false;
      this.#waiting.delete(resolve);
      resolve();
    }
    return true;
  }

  #mayGoOn(): boolean {
    return this.closed || this.#admit();
  }

  get #room(): number {
    const { slots, running } = this.#scheduler;
    const free = slots === 0 ? 1 - this.#inline.running : Math.max(0, slots - running);
    return this.#maxQueue + free - this.queued;
  }

  /** As many at a time as there is room for. Each has until the end of this turn of the event loop to make its call. */
  #admit(): boolean {
    const room = this.#room;
    if (room === Infinity) return true;
    if (room <= this.#admitted) return false;
    this.#admitted++;
    setImmediate(() => {
      this.#admitted--;
      this.#scheduler.changes.tell();
    });
    return true;
  }
}
