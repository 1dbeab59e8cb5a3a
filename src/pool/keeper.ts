import { inspect } from 'node:util';
import { CallSite } from '../call-site.js';
import { rehearseAsyncBody, runAsyncBody } from '../child/body.js';
import { isRefusal } from '../child/errors.js';
import { codeOf } from '../errors.js';
import { now } from '../timers.js';
import type { PoolChild } from './child.js';
import { ChildDiedError, inChild } from './errors.js';
import type { Exit } from './exit.js';
import type { Host, Job } from './job.js';
import type { CheckedKeepOptions } from './keep-options.js';
import type { Failure } from './outcome.js';
import type { Port } from './port.js';
import { type Seat, Seats } from './seats.js';
import { endAsAnyProgram } from './worker.js';

/** A supervisor: what pool.keep returns. */
export interface Keeper extends AsyncDisposable {
  /** How many children were started in place of others. */
  readonly restarts: number;
  /** Of its children that run, by slot; in one of them, none. */
  readonly pids: number[];
  /**
   * Resolves when it has no child and will have none: it was stopped, or `restart` says so. Rejects when it has given up,
   * with the ChildDiedError of the last child, with what fork() throws, or with what a callback has thrown; with
   * ERR_POOL_IN_CHILD.
   */
  wait(): Promise<void>;
  /**
   * Replaces its children one after the other, each by killSignal; resolves when the last one was replaced. Rejects with
   * ERR_POOL_IN_CHILD.
   */
  reload(): Promise<void>;
  /**
   * Ends its children: killSignal, then SIGKILL after killTimeout. Resolves when all have ended. Rejects with
   * ERR_POOL_IN_CHILD.
   */
  stop(): Promise<void>;
}

export class KeepJob implements Job, Keeper {
  readonly name: string | undefined;
  readonly site = new CallSite();
  readonly holds = false;
  readonly keeps = true;
  restarts = 0;
  readonly #host: Host;
  readonly #body: (slot: number) => number | void | Promise<number | void>;
  readonly #options: CheckedKeepOptions;
  readonly #seats: Seats;
  #stopping = false;
  #verdict: Failure | undefined;
  #over = false;
  /** Their slots were taken away while they ran. */
  readonly #dismissed = new Set<PoolChild>();
  /** One reload after the other. */
  #reloads: Promise<void> = Promise.resolve();
  #waiters: { resolve(): void; reject(error: unknown): void }[] = [];

  constructor(
    host: Host,
    slots: number,
    body: (slot: number) => number | void | Promise<number | void>,
    options: CheckedKeepOptions,
    name: string | undefined,
  ) {
    this.#host = host;
    this.#seats = new Seats(slots);
    this.#body = body;
    this.#options = options;
    this.name = name;
  }

  get pids(): number[] {
    return this.#host.inChild ? [] : this.#children.flatMap(({ pid, reaped }) => (reaped ? [] : [pid]));
  }

  get #children(): PoolChild[] {
    return [...[...this.#seats].flatMap(({ child }) => child ?? []), ...this.#dismissed];
  }

  wait(): Promise<void> {
    if (this.#host.inChild) return Promise.reject(inChild());
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      if (this.#over) this.#tell();
    });
  }

  reload(): Promise<void> {
    if (this.#host.inChild) return Promise.reject(inChild());
    this.#reloads = this.#reloads.then(() => this.#reload());
    return this.#reloads;
  }

  async #reload(): Promise<void> {
    for (const seat of this.#seats) {
      if (this.#stopping) return;
      if (!seat.child || seat.done) continue;
      const renewed = seat.renew();
      this.#host.stop(seat.child);
      await renewed;
    }
  }

  stop(): Promise<void> {
    if (this.#host.inChild) return Promise.reject(inChild());
    this.#stop();
    // Why it has given up is for wait() to tell.
    return this.wait().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#host.inChild) await this.stop();
  }

  wants(slot: number): boolean {
    return !this.#stopping && slot < this.#seats.count && this.#seats.at(slot).isFree;
  }

  rehearse(): void {
    rehearseAsyncBody();
  }

  main(_port: Port, slot: number): unknown {
    endAsAnyProgram();
    const body = this.#body; // not as a method
    return runAsyncBody(() => body(slot));
  }

  spawned(child: PoolChild): void {
    if (child.slot >= this.#seats.count) {
      this.#dismiss(child); // a hook of onFork has taken the slot away
      return;
    }
    const seat = this.#seats.at(child.slot);
    seat.child = child;
    if (seat.started) this.restarts++;
    seat.started = true;
    seat.renewalOver();
    if (this.#stopping) this.#host.stop(child);
  }

  /**
   * As a child that has not lasted; which slot it was for does not matter. But what this runtime lacks from the first child on
   * it will lack for the next one, too.
   */
  forkFailed(error: Error): void {
    if (isRefusal(error) && ![...this.#seats].some(({ started }) => started)) {
      this.cancel(this.site.continue(error));
      return;
    }
    for (const seat of this.#seats) if (seat.isFree) this.#failed(seat, error);
  }

  frame(): void {}

  ended(child: PoolChild, exit: Exit): void {
    if (this.#dismissed.delete(child)) {
      this.#finishIfEmpty();
      return;
    }
    const seat = this.#seats.at(child.slot);
    seat.child = undefined;
    const { restart, lasting } = this.#options;
    const lasted = now() - child.startedAt >= lasting;
    if (lasted || seat.isRenewed) seat.failures = 0;
    if (!seat.isRenewed && (restart === 'never' || (restart === 'on-failure' && exit.success)))
      seat.done = true;
    else if (!lasted && !seat.isRenewed) {
      const error = new ChildDiedError(exit, undefined, `before it had lasted ${lasting} ms`);
      this.#failed(seat, this.site.sign(error));
    }
    if (this.#stopping || seat.done) this.#finishIfEmpty();
    else this.#host.wake();
  }

  /** That all children of the pool are ended is an end as it should be. */
  cancel(error: unknown): void {
    if (codeOf(error) !== 'ERR_POOL_KILLED') this.#verdict ??= { error };
    this.#stop();
  }

  shrink(slots: number): void {
    for (const seat of this.#seats.resize(slots)) {
      seat.close();
      if (seat.child) this.#dismiss(seat.child);
    }
    this.#finishIfEmpty();
  }

  giveWay(): void {}

  #dismiss(child: PoolChild): void {
    this.#dismissed.add(child);
    this.#host.stop(child);
  }

  #failed(seat: Seat, error: Error): void {
    if (this.#stopping) return;
    seat.failures++;
    const { maxRestarts, initial, max } = this.#options;
    if (seat.failures > maxRestarts) {
      this.cancel(error);
      return;
    }
    seat.rest(Math.min(max, initial * 2 ** (seat.failures - 1)), () => this.#host.wake());
  }

  #stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    for (const seat of this.#seats) {
      seat.close();
      if (seat.child) this.#host.stop(seat.child);
    }
    this.#finishIfEmpty();
  }

  #finishIfEmpty(): void {
    if (this.#over || this.#children.length > 0) return;
    if (!this.#stopping && [...this.#seats].some(({ done }) => !done)) return;
    this.#over = true;
    this.#host.over(this);
    if (this.#verdict && this.#waiters.length === 0) warn(this.#verdict.error);
    this.#tell();
  }

  #tell(): void {
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (this.#verdict) reject(this.#verdict.error);
      else resolve();
    }
  }
}

/** A callback may throw anything. */
function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : `A keeper has ended: ${inspect(error)}`);
}
