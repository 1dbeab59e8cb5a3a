// The calls of a pool that are not over, in the order in which they were made, and how many of them wait.

import { AsyncResource } from 'node:async_hooks';
import { now } from '../timers.js';
import type { Job } from './job.js';

export interface Call {
  readonly job: Job;
  /** That of AsyncLocalStorage, where the call was made. */
  readonly context: AsyncResource;
  readonly since: number;
  /** It has had no child yet. */
  waiting: boolean;
}

export class Calls {
  readonly #calls = new Map<Job, Call>();
  #queued = 0;
  #keepers = 0;

  /** How many have had no child yet. */
  get queued(): number {
    return this.#queued;
  }

  /** How many are of keep. */
  get keepers(): number {
    return this.#keepers;
  }

  get size(): number {
    return this.#calls.size;
  }

  get jobs(): Job[] {
    return [...this.#calls.keys()];
  }

  [Symbol.iterator](): Iterator<Call> {
    return this.#calls.values();
  }

  has(call: Call): boolean {
    return this.#calls.has(call.job);
  }

  add(job: Job): void {
    const context = new AsyncResource('just-fork:pool');
    this.#calls.set(job, { job, context, since: now(), waiting: true });
    this.#queued++;
    if (job.keeps) this.#keepers++;
  }

  /** It has a child. */
  served(call: Call): void {
    if (call.waiting) this.#queued--;
    call.waiting = false;
  }

  remove(job: Job): void {
    const call = this.#calls.get(job);
    if (!call) return;
    this.served(call);
    this.#calls.delete(job);
    call.context.emitDestroy(); // or who looks for open handles would find it
    if (job.keeps) this.#keepers--;
  }
}
