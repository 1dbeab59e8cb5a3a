// Which job has which slot. Children are forked one at a time, each from a turn of the event loop of its own, so that
// nothing of the program is below them on the stack, and the loop serves others in between.

import { busy, isBusy } from '../child/errors.js';
import { Patience } from '../child/patience.js';
import { startTimer, stopTimer } from '../child/timers.js';
import { native } from '../native.js';
import { now } from '../timers.js';
import { type Call, Calls } from './calls.js';
import { Changes } from './changes.js';
import type { PoolChild } from './child.js';
import { Children, type Household } from './children.js';
import { isCollectorAwaited } from './collector.js';
import { isWanted, nextWanted } from './demand.js';
import { unlessDying } from './interrupts.js';
import type { Host, Job } from './job.js';
import type { CheckedPoolOptions } from './options.js';
import { Books } from './stats.js';
import { inTurn } from './watched.js';

/** Between two looks at it; milliseconds. */
const OF_COLLECTOR = 2;

export class Scheduler implements Host, Household {
  readonly books = new Books();
  readonly calls = new Calls();
  /** A call or a child has come or gone, or the number of slots. */
  readonly changes = new Changes();
  /** Why nothing can be run any more. */
  failure: (() => Error) | undefined;
  readonly #owner = native.getpid();
  readonly #options: CheckedPoolOptions;
  readonly #children: Children;
  #slots: number;
  /** Jobs that hold their children back, or did when they were last asked. */
  readonly #holders = new Set<Job>();
  #hasTurn = false;
  /** With work in the background; and while nothing is forked. */
  readonly #patience: Patience;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: CheckedPoolOptions) {
    this.#options = options;
    this.#children = new Children(this, options);
    this.#slots = options.slots;
    this.#patience = new Patience(options.fork.timeout);
  }

  get inChild(): boolean {
    return native.getpid() !== this.#owner;
  }

  get running(): number {
    return this.#children.taken;
  }

  get slots(): number {
    return this.#slots;
  }

  set slots(count: number) {
    this.#slots = count;
    for (const { job } of this.calls) job.shrink(count);
    this.changes.tell();
    this.wake();
  }

  get children(): readonly PoolChild[] {
    return this.#children.alive;
  }

  /** It has no child. */
  get isEmpty(): boolean {
    return this.#children.isEmpty;
  }

  add(job: Job): void {
    this.calls.add(job);
    this.wake();
  }

  wake(): void {
    if (this.#children.taken >= this.#slots) this.#makeRoom();
    else if (!this.#hasTurn && this.#rest === undefined && this.calls.size > 0) this.#plan();
  }

  holdsBack(job: Job): void {
    this.#holders.add(job);
    this.wake();
  }

  /** A job that nobody takes the results of has no need of slots that others want. */
  #makeRoom(): void {
    for (const job of this.#holders) {
      if (!job.holds) this.#holders.delete(job);
      else if (isWanted(this.calls, this.#slots, job)) job.giveWay();
    }
  }

  #plan(): void {
    this.#hasTurn = true;
    inTurn(() => {
      this.#hasTurn = false;
      if (!this.inChild) unlessDying(() => this.#forkOne());
    });
  }

  #forkOne(): void {
    const wanted = nextWanted(this.calls, this.#slots, this.#children);
    if (wanted === undefined) return;
    if (isCollectorAwaited()) {
      this.#restFor(OF_COLLECTOR);
      return;
    }
    const { slot, call } = wanted;
    const before = now();
    let child: PoolChild | undefined;
    try {
      child = this.#children.fork(slot, call, this.#patience.try);
    } catch (error) {
      this.#refused(call, error as Error);
      return;
    }
    this.#patience.reset();
    if (child === undefined) return; // we are the child, and its work goes on in its own event loop
    this.books.record('fork', before);
    this.#children.enter(child, call);
    this.wake();
  }

  #refused(call: Call, error: Error): void {
    if (isBusy(error)) this.#isBusy(call);
    else {
      if (this.calls.has(call)) call.job.forkFailed(error); // else a hook of onFork has ended it meanwhile
      this.wake();
    }
    this.changes.tell();
  }

  /** What goes on beside a fork would have refused the calls that are behind this one, too. */
  #isBusy(call: Call): void {
    const refused = [...this.calls].filter((each) => each.waiting || each === call);
    const { over, rest } = this.#patience.refused(refused);
    if (over.length === 0) {
      this.#restFor(rest);
      return;
    }
    for (const each of over) if (this.calls.has(each)) each.job.forkFailed(busy(this.#options.fork.timeout));
    this.wake();
  }

  #restFor(milliseconds: number): void {
    this.#rest = startTimer(() => {
      this.#endRest();
      this.wake();
    }, milliseconds);
  }

  #endRest(): void {
    stopTimer(this.#rest);
    this.#rest = undefined;
  }

  stop(child: PoolChild): void {
    this.#children.stop(child);
  }

  initialising(child: PoolChild): boolean {
    return this.#children.initialising(child);
  }

  over(job: Job): void {
    this.calls.remove(job);
    this.#holders.delete(job);
    if (this.calls.size === 0) {
      this.#endRest();
      this.#patience.reset(); // nobody waits any more
    }
    this.changes.tell();
    this.wake();
  }

  settled(good: boolean): void {
    this.books.settled(good);
  }

  /** Ends everything: children by `signal`, each call with an error of its own. Resolves when no child is left. */
  end(error: () => Error, signal?: number): Promise<void> {
    if (signal !== undefined) for (const child of this.children) this.#children.stop(child, signal);
    for (const job of this.calls.jobs) job.cancel(job.site.sign(error()));
    return this.changes.until(() => this.isEmpty);
  }

  giveUp(error: () => Error): void {
    this.failure ??= error;
    void this.end(this.failure);
  }

  /** Calls that have no child yet. */
  cancelQueued(error: () => Error): void {
    for (const { job, waiting } of [...this.calls]) if (waiting) job.cancel(job.site.sign(error()));
  }
}
