// Which job has which slot. Children are forked one at a time, each from a turn of the event loop of its own, so that
// nothing of the program is below them on the stack, and the loop serves others in between.

import { AsyncResource } from 'node:async_hooks';
import { busy, isBusy } from '../child/fork.js';
import { native } from '../native.js';
import { now, setImmediate } from '../timers.js';
import { PoolChild } from './child.js';
import { broken, ChildDiedError, killed } from './errors.js';
import { decodeError, KIND, type Kind } from './frames.js';
import {
  holdInterrupts,
  type Interruptible,
  isDying,
  mayBeForAll,
  releaseInterrupts,
  unlessDying,
} from './interrupts.js';
import type { Host, Job } from './job.js';
import type { CheckedPoolOptions } from './options.js';
import { Patience } from './patience.js';
import type { Exit } from './slots.js';
import { Books } from './stats.js';
import { startTimer, stopTimer } from './timers.js';

interface Entry {
  job: Job;
  /** The asynchronous context of the call: that of AsyncLocalStorage. */
  context: AsyncResource;
  since: number;
  /** It has had no child yet. */
  waiting: boolean;
}

interface Occupant {
  child: PoolChild;
  entry: Entry;
  /** Its initialiser has not ended. */
  initialising: boolean;
  /** We have sent it a signal. */
  stopped: boolean;
}

export class Scheduler implements Host, Interruptible {
  readonly books = new Books();
  /** Why nothing can be run any more. */
  failure: Error | undefined;
  readonly #owner = native.getpid();
  readonly #options: CheckedPoolOptions;
  #slots: number;
  readonly #table: (Occupant | undefined)[] = [];
  readonly #entries = new Set<Entry>();
  #running = 0;
  #turn: NodeJS.Immediate | undefined;
  /** With work in the background; and until when nothing is forked. */
  readonly #patience: Patience;
  #rest: NodeJS.Timeout | undefined;
  /** Of those who wait until something has changed. */
  readonly #watchers = new Set<() => void>();

  constructor(options: CheckedPoolOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#patience = new Patience(options.fork.timeout);
  }

  get inChild(): boolean {
    return native.getpid() !== this.#owner;
  }

  get running(): number {
    return this.#running;
  }

  get slots(): number {
    return this.#slots;
  }

  set slots(count: number) {
    this.#slots = count;
    for (const { job } of this.#entries) job.shrink(count);
    this.changed();
    this.wake();
  }

  get children(): readonly PoolChild[] {
    return this.#table.flatMap((occupant) => (occupant ? [occupant.child] : []));
  }

  get jobs(): readonly Job[] {
    return [...this.#entries].map(({ job }) => job);
  }

  /** How many there are; of keepers alone. */
  get jobCount(): number {
    return this.#entries.size;
  }
  keepers = 0;

  /** Calls that have no child yet. */
  queued = 0;

  add(job: Job): void {
    const context = new AsyncResource('just-fork:pool');
    this.#entries.add({ job, context, since: now(), waiting: true });
    this.queued++;
    if (job.keeps) this.keepers++;
    this.wake();
  }

  /** Resolves when `condition` holds; it is asked whenever a job begins or ends. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const watcher = () => {
        if (!condition()) return;
        this.#watchers.delete(watcher);
        resolve();
      };
      this.#watchers.add(watcher);
    });
  }

  wake(): void {
    if (this.#running >= this.#slots) this.#makeRoom();
    else if (this.#turn === undefined && this.#rest === undefined && this.#entries.size > 0) this.#plan();
  }

  /** A job that nobody takes the results of has no need of slots that others want. */
  #makeRoom(): void {
    for (const { job } of this.#entries) if (job.holds && this.#isWanted(job)) job.giveWay();
  }

  /** By another job than `holder`, of one of the slots that are taken. */
  #isWanted(holder: Job): boolean {
    for (const { job } of this.#entries) {
      if (job === holder) continue;
      for (let slot = 0; slot < this.#slots; slot++) if (job.wants(slot)) return true;
    }
    return false;
  }

  #plan(): void {
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (!this.inChild) unlessDying(() => this.#forkOne());
    });
  }

  /** Once; the signal that kill() was given comes in any case. */
  stop(child: PoolChild, signal?: number): void {
    const occupant = this.#table[child.slot];
    if (occupant?.child !== child || child.reaped || (occupant.stopped && signal === undefined)) return;
    if (!occupant.stopped) this.books.killed++;
    occupant.stopped = true;
    child.stop(signal ?? this.#options.killSignal, this.#options.killTimeout);
  }

  initialising(child: PoolChild): boolean {
    const occupant = this.#table[child.slot];
    return occupant?.child === child && occupant.initialising;
  }

  over(job: Job): void {
    for (const entry of this.#entries) {
      if (entry.job !== job) continue;
      this.#entries.delete(entry);
      if (entry.waiting) this.queued--;
      if (job.keeps) this.keepers--;
      break;
    }
    if (this.#entries.size === 0) this.#endRest();
    this.changed();
    this.wake();
  }

  settled(good: boolean): void {
    this.books.settled(good);
  }

  /** Ends everything: children by `signal`, calls with `error`. Resolves when no child is left. */
  end(error: Error, signal?: number): Promise<void> {
    if (signal !== undefined) for (const child of this.children) this.stop(child, signal);
    for (const { job } of [...this.#entries]) job.cancel(error);
    return this.until(() => this.#running === 0);
  }

  /** Calls that have no child yet. */
  cancelQueued(error: Error): void {
    for (const { job, waiting } of [...this.#entries]) if (waiting) job.cancel(error);
  }

  interrupt(signal: NodeJS.Signals): void {
    void this.end(killed(`this process got ${signal}`));
  }

  endChildren(): Promise<void> {
    for (const child of this.children) this.stop(child);
    return this.until(() => this.#running === 0);
  }

  /** Of all slots that are free, the first that a job wants: one that has had no child yet comes before those that have. */
  #wanted(): { slot: number; entry: Entry } | undefined {
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#table[slot] !== undefined) continue;
      let next: Entry | undefined;
      for (const entry of this.#entries) {
        if (next !== undefined && !entry.waiting) continue;
        if (!entry.job.wants(slot)) continue;
        next = entry;
        if (entry.waiting) break;
      }
      if (next) return { slot, entry: next };
    }
    return undefined;
  }

  #forkOne(): void {
    const wanted = this.#wanted();
    if (wanted === undefined) return;
    const { slot, entry } = wanted;
    const { job } = entry;
    const before = now();
    let child: PoolChild | undefined;
    try {
      child = PoolChild.launch({
        slot,
        fork: { ...this.#options.fork, timeout: this.#patience.try },
        init: this.#options.init,
        job,
        context: entry.context,
        frame: (kind, index, payload) => this.#frame(slot, kind, index, payload),
        ended: (exit) => this.#reaped(slot, exit),
      });
    } catch (error) {
      this.#refused(job, error as Error);
      return;
    }
    this.#patience.granted();
    if (child === undefined) return; // we are the child, and its work goes on in its own event loop
    this.books.record('fork', before);
    this.#occupy({ child, entry, initialising: this.#options.init !== undefined, stopped: false });
    this.wake();
  }

  #refused(job: Job, error: Error): void {
    const rest = isBusy(error) ? this.#patience.refused() : undefined;
    if (rest === undefined) {
      job.forkFailed(isBusy(error) ? busy(this.#options.fork.timeout) : error);
      this.wake();
    } else {
      this.#rest = startTimer(() => {
        this.#endRest();
        this.wake();
      }, rest);
    }
  }

  #endRest(): void {
    stopTimer(this.#rest);
    this.#rest = undefined;
  }

  #occupy(occupant: Occupant): void {
    const { child, entry } = occupant;
    this.#table[child.slot] = occupant;
    this.#running++;
    this.books.started++;
    if (this.#running === 1) holdInterrupts(this);
    if (!this.#entries.has(entry))
      this.stop(child); // a hook of onFork has ended the call meanwhile
    else this.#spawned(entry, child);
    this.changed();
  }

  #spawned(entry: Entry, child: PoolChild): void {
    if (entry.waiting) {
      this.queued--;
      this.books.record('queue', entry.since);
    }
    entry.waiting = false;
    entry.job.spawned(child);
    const { name } = entry.job;
    const { onSpawn } = this.#options;
    if (onSpawn)
      this.#callback(entry, () => onSpawn({ ...child.place, ...(name === undefined ? {} : { name }) }));
  }

  #frame(slot: number, kind: Kind, index: number, payload: Buffer): void {
    const occupant = this.#table[slot];
    if (occupant === undefined || isDying()) return;
    const { child, entry } = occupant;
    if (kind === KIND.ready) occupant.initialising = false;
    else if (kind === KIND.initFailed) {
      occupant.initialising = false;
      this.#break(decodeError(payload, child.place));
    } else if (this.#entries.has(entry)) entry.job.frame(child, kind, index, payload);
  }

  #reaped(slot: number, exit: Exit): void {
    const isOurs = this.#table[slot]?.stopped;
    if (isOurs || !mayBeForAll(exit.signal)) this.#ended(slot, exit);
    else {
      // This process may have got it, too, and hears of it by the end of the loop's next turn.
      setImmediate(() => {
        setImmediate(() => {
          if (!this.inChild) this.#ended(slot, exit);
        });
      });
    }
  }

  #ended(slot: number, exit: Exit): void {
    const { child, entry, initialising, stopped } = this.#table[slot] as Occupant;
    const { job } = entry;
    this.#table[slot] = undefined;
    this.#running--;
    this.books.record('run', child.startedAt);
    if (this.#running === 0) releaseInterrupts(this);
    const tell = () => {
      const { name } = job;
      const { onExit } = this.#options;
      if (onExit) this.#callback(entry, () => onExit(name === undefined ? exit : { ...exit, name }));
      if (initialising && !stopped) this.#break(new ChildDiedError(exit));
      if (this.#entries.has(entry)) job.ended(child, exit);
    };
    unlessDying(tell);
    this.changed();
    this.wake();
  }

  /** The next child would fare no better, and the one after it. */
  #break(cause: Error): void {
    this.failure ??= broken(cause);
    void this.end(this.failure);
  }

  #callback({ job, context }: Entry, call: () => void): void {
    try {
      context.runInAsyncScope(call);
    } catch (error) {
      job.cancel(error);
    }
  }

  /** Something that until() may wait for. */
  changed(): void {
    if (this.#watchers.size > 0) for (const watcher of [...this.#watchers]) watcher();
  }
}
