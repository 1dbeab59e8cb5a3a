// Which job has which slot. Children are forked one at a time, each from a turn of the event loop of its own, so that
// nothing of the program is below them on the stack, and the loop serves others in between.

import { busy, isBusy } from '../child/fork.js';
import { Patience } from '../child/patience.js';
import { startTimer, stopTimer } from '../child/timers.js';
import { native } from '../native.js';
import { SIG_BLOCK } from '../signals/mask.js';
import { now, setImmediate } from '../timers.js';
import { nextTable, recorder, SLOT } from '../trace/recorder.js';
import { type Call, Calls } from './calls.js';
import { Changes } from './changes.js';
import { PoolChild } from './child.js';
import { isWanted, nextWanted } from './demand.js';
import { broken, ChildDiedError, killed } from './errors.js';
import type { Exit } from './exit.js';
import { decodeError, KIND, type Kind, type Payload } from './frames.js';
import {
  holdInterrupts,
  type Interruptible,
  isDying,
  mayBeForAll,
  releaseInterrupts,
  unlessDying,
} from './interrupts.js';
import type { Host, Job } from './job.js';
import { type CheckedPoolOptions, MAX_TIMER } from './options.js';
import { type Occupant, SlotTable } from './slot-table.js';
import { Books } from './stats.js';

/** So many children in a row that a signal ends before their initialiser is done: then it is for the initialiser. */
const STILLBORN = 3;

/** Milliseconds beyond killTimeout that children have to be gone when this process is to end. */
const GRACE = 1000;

export class Scheduler implements Host, Interruptible {
  readonly books = new Books();
  readonly calls = new Calls();
  /** A call or a child has come or gone, or the number of slots. */
  readonly changes = new Changes();
  /** Why nothing can be run any more. */
  failure: Error | undefined;
  readonly #owner = native.getpid();
  /** In a trace. */
  readonly #number = nextTable();
  readonly #options: CheckedPoolOptions;
  #slots: number;
  readonly #table = new SlotTable();
  /** Children in a row that ended by a signal before their initialiser was done. */
  #stillborn = 0;
  /** Jobs that hold their children back, or did when they were last asked. */
  readonly #holders = new Set<Job>();
  /** A child is being forked, and user code (onFork) is called for it. */
  #forking = false;
  #turn: NodeJS.Immediate | undefined;
  /** With work in the background; and until when nothing is forked. */
  readonly #patience: Patience;
  #rest: NodeJS.Timeout | undefined;

  constructor(options: CheckedPoolOptions) {
    this.#options = options;
    this.#slots = options.slots;
    this.#patience = new Patience(options.fork.timeout);
  }

  get inChild(): boolean {
    return native.getpid() !== this.#owner;
  }

  get running(): number {
    return this.#table.taken;
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
    return this.#table.children;
  }

  /** It has no child. */
  get isEmpty(): boolean {
    return this.#table.taken === 0 && !this.#forking;
  }

  add(job: Job): void {
    this.calls.add(job);
    this.wake();
  }

  wake(): void {
    if (this.#table.taken >= this.#slots) this.#makeRoom();
    else if (this.#turn === undefined && this.#rest === undefined && this.calls.size > 0) this.#plan();
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
    this.#turn = setImmediate(() => {
      this.#turn = undefined;
      if (!this.inChild) unlessDying(() => this.#forkOne());
    });
  }

  /** Once; the signal that kill() was given comes in any case. */
  stop(child: PoolChild, signal?: number): void {
    const occupant = this.#table.of(child);
    if (!occupant || child.reaped || (occupant.stopped && signal === undefined)) return;
    occupant.stopped = true;
    child.stop(signal ?? this.#options.killSignal, this.#options.killTimeout);
  }

  initialising(child: PoolChild): boolean {
    return this.#table.of(child)?.initialising ?? false;
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

  /** Ends everything: children by `signal`, calls with `error`. Resolves when no child is left. */
  end(error: Error, signal?: number): Promise<void> {
    if (signal !== undefined) for (const child of this.children) this.stop(child, signal);
    for (const job of this.calls.jobs) job.cancel(error);
    return this.changes.until(() => this.isEmpty);
  }

  /** Calls that have no child yet. */
  cancelQueued(error: Error): void {
    for (const { job, waiting } of [...this.calls]) if (waiting) job.cancel(error);
  }

  interrupt(signal: NodeJS.Signals): void {
    void this.end(killed(`this process got ${signal}`));
  }

  /** Not for ever: this process may have given up the right to signal them, and is itself to end. */
  endChildren(): Promise<void> {
    for (const child of this.children) this.stop(child);
    const empty = this.changes.until(() => this.isEmpty);
    const { killTimeout } = this.#options;
    if (killTimeout === Infinity) return empty;
    return new Promise((resolve) => {
      const timer = startTimer(resolve, Math.min(killTimeout + GRACE, MAX_TIMER));
      void empty.then(() => {
        stopTimer(timer);
        resolve();
      });
    });
  }

  #forkOne(): void {
    const wanted = nextWanted(this.calls, this.#slots, this.#table);
    if (wanted === undefined) return;
    const { slot, call } = wanted;
    const before = now();
    let child: PoolChild | undefined;
    try {
      child = this.#launch(slot, call);
    } catch (error) {
      this.#refused(call, error as Error);
      return;
    }
    this.#patience.reset();
    if (child === undefined) return; // we are the child, and its work goes on in its own event loop
    this.books.record('fork', before);
    this.#occupy({ child, call, initialising: this.#options.init !== undefined, stopped: false });
    this.wake();
  }

  #launch(slot: number, { job, context }: Call): PoolChild | undefined {
    this.#forking = true;
    try {
      return PoolChild.launch({
        slot,
        fork: { ...this.#options.fork, timeout: this.#patience.try },
        init: this.#options.init,
        unblock: blocked(this.#options.killSignal),
        job,
        context,
        frame: (kind, index, payload) => this.#frame(slot, kind, index, payload),
        ended: (exit) => this.#reaped(slot, exit),
      });
    } finally {
      this.#forking = false;
    }
  }

  #refused(call: Call, error: Error): void {
    if (isBusy(error)) this.#isBusy(call);
    else {
      call.job.forkFailed(error);
      this.wake();
    }
    this.changes.tell();
  }

  /** What goes on beside a fork would have refused the calls that are behind this one, too. */
  #isBusy(call: Call): void {
    const refused = [...this.calls].filter((each) => each.waiting || each === call);
    const { over, rest } = this.#patience.refused(refused);
    if (over.length === 0) {
      this.#rest = startTimer(() => {
        this.#endRest();
        this.wake();
      }, rest);
      return;
    }
    for (const each of over) if (this.calls.has(each)) each.job.forkFailed(busy(this.#options.fork.timeout));
    this.wake();
  }

  #endRest(): void {
    stopTimer(this.#rest);
    this.#rest = undefined;
  }

  #occupy(occupant: Occupant): void {
    const { child, call } = occupant;
    this.#table.enter(occupant);
    recorder?.note(SLOT, child.slot, child.pid, this.#number);
    this.books.started++;
    if (this.#table.taken === 1) holdInterrupts(this);
    if (!this.calls.has(call))
      this.stop(child); // a hook of onFork has ended the call meanwhile
    else this.#spawned(call, child);
    this.changes.tell();
  }

  #spawned(call: Call, child: PoolChild): void {
    const { job, since, waiting } = call;
    if (waiting) this.books.record('queue', since);
    this.calls.served(call);
    job.spawned(child);
    const { name } = job;
    const { onSpawn } = this.#options;
    if (onSpawn)
      this.#callback(call, () => onSpawn({ ...child.place, ...(name === undefined ? {} : { name }) }));
  }

  #frame(slot: number, kind: Kind, index: number, payload: Payload): void {
    const occupant = this.#table.at(slot);
    if (occupant === undefined || isDying()) return;
    const { child, call } = occupant;
    if (kind === KIND.ready) {
      occupant.initialising = false;
      this.#stillborn = 0;
    } else if (kind === KIND.initFailed) {
      occupant.initialising = false;
      this.#break(decodeError(payload, child.place));
    } else if (this.calls.has(call)) call.job.frame(child, kind, index, payload);
  }

  #reaped(slot: number, exit: Exit): void {
    const occupant = this.#table.at(slot) as Occupant;
    if (occupant.stopped || !mayBeForAll(exit.signal)) this.#ended(occupant, exit);
    else {
      // This process may have got it, too, and hears of it by the end of the loop's next turn.
      setImmediate(() => {
        setImmediate(() => {
          if (!this.inChild) this.#ended(occupant, exit);
        });
      });
    }
  }

  #ended(occupant: Occupant, exit: Exit): void {
    const { child, call, initialising, stopped } = occupant;
    const { job } = call;
    this.#table.leave(occupant);
    this.books.record('run', child.startedAt);
    if (stopped && exit.signal !== null) this.books.killed++;
    if (this.#table.taken === 0) releaseInterrupts(this);
    const tell = () => {
      const { name } = job;
      const { onExit } = this.#options;
      if (onExit) this.#callback(call, () => onExit(name === undefined ? exit : { ...exit, name }));
      if (initialising && !stopped && this.#isForInit(exit)) this.#break(new ChildDiedError(exit));
      if (this.calls.has(call)) job.ended(child, exit);
    };
    unlessDying(tell);
    this.changes.tell();
    this.wake();
  }

  /** Somebody may have killed one; one that ends by itself there does so each time. */
  #isForInit(exit: Exit): boolean {
    return exit.exitCode !== null || ++this.#stillborn >= STILLBORN;
  }

  /** The next child would fare no better, and the one after it. */
  #break(cause: Error): void {
    this.failure ??= broken(cause);
    void this.end(this.failure);
  }

  #callback({ job, context }: Call, callback: () => void): void {
    try {
      context.runInAsyncScope(callback);
    } catch (error) {
      job.cancel(error);
    }
  }
}

/** The signal, if this thread has blocked it. */
function blocked(signal: number): number[] {
  const mask = native.maskThread(SIG_BLOCK, []);
  return Array.isArray(mask) && mask.includes(signal) ? [signal] : [];
}
