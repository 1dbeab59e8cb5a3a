// The children of a pool, from the fork to the end: each is in a slot, and works for one call.

import { startTimer, stopTimer } from '../child/timers.js';
import { native } from '../native.js';
import { SIG_BLOCK } from '../signals/mask.js';
import { setImmediate } from '../timers.js';
import { nextTable, recorder, SLOT } from '../trace/recorder.js';
import type { Call, Calls } from './calls.js';
import type { Changes } from './changes.js';
import { PoolChild } from './child.js';
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
import { type CheckedPoolOptions, MAX_TIMER } from './options.js';
import { type Occupant, SlotTable } from './slot-table.js';
import type { Books } from './stats.js';

/** So many children in a row that a signal ends before their initialiser is done: then it is for the initialiser. */
const STILLBORN = 3;

/** Milliseconds beyond killTimeout that children have to be gone when this process is to end. */
const GRACE = 1000;

/** Where they work. */
export interface Household {
  readonly books: Books;
  readonly calls: Calls;
  readonly changes: Changes;
  /** A slot is free. */
  wake(): void;
  /** Ends all children and calls, */
  end(error: () => Error): void;
  /** and those to come. */
  giveUp(error: () => Error): void;
}

export class Children implements Interruptible {
  readonly #household: Household;
  readonly #options: CheckedPoolOptions;
  readonly #table = new SlotTable();
  /** In a trace. */
  readonly #number = nextTable();
  /** How many in a row have ended by a signal before their initialiser was done. */
  #stillborn = 0;
  /** One is being forked, and user code (onFork) is called for it. */
  #forking = false;

  constructor(household: Household, options: CheckedPoolOptions) {
    this.#household = household;
    this.#options = options;
  }

  /** How many slots they take, those that were reaped and whose ends are not yet told included. */
  get taken(): number {
    return this.#table.taken;
  }

  /** There is none, and none to come. */
  get isEmpty(): boolean {
    return this.#table.taken === 0 && !this.#forking;
  }

  /** Those not yet reaped, by slot. */
  get alive(): readonly PoolChild[] {
    return this.#table.children;
  }

  isFree(slot: number): boolean {
    return this.#table.isFree(slot);
  }

  initialising(child: PoolChild): boolean {
    return this.#table.of(child)?.initialising ?? false;
  }

  /**
   * @param timeout milliseconds to wait for what goes on in the background.
   * @returns undefined in the child, whose work goes on in its own event loop.
   */
  fork(slot: number, { job, context }: Call, timeout: number): PoolChild | undefined {
    const { fork, init, killSignal } = this.#options;
    this.#forking = true;
    try {
      return PoolChild.launch({
        work: { slot, init, unblock: blocked(killSignal), job, context },
        fork: { ...fork, timeout },
        frame: (kind, index, payload) => this.#frame(slot, kind, index, payload),
        ended: (exit) => this.#reaped(slot, exit),
      });
    } finally {
      this.#forking = false;
    }
  }

  /** It has been forked for `call`. */
  enter(child: PoolChild, call: Call): void {
    const { books, calls, changes } = this.#household;
    this.#table.enter({ child, call, initialising: this.#options.init !== undefined, stopped: false });
    recorder?.note(SLOT, child.slot, child.pid, this.#number);
    books.started++;
    if (this.#table.taken === 1) holdInterrupts(this);
    if (!calls.has(call))
      this.stop(child); // a hook of onFork has ended the call meanwhile
    else this.#spawned(call, child);
    changes.tell();
  }

  #spawned(call: Call, child: PoolChild): void {
    const { books, calls } = this.#household;
    const { job, since, waiting } = call;
    if (waiting) books.record('queue', since);
    calls.served(call);
    job.spawned(child);
    const { name } = job;
    const { onSpawn } = this.#options;
    if (onSpawn) callback(call, () => onSpawn({ ...child.place, ...(name === undefined ? {} : { name }) }));
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
      this.#initFailed(decodeError(payload, child.place));
    } else if (this.#household.calls.has(call)) call.job.frame(child, kind, index, payload);
  }

  /** Once; the signal that kill() was given comes in any case. */
  stop(child: PoolChild, signal?: number): void {
    const occupant = this.#table.of(child);
    if (!occupant || child.reaped || (occupant.stopped && signal === undefined)) return;
    occupant.stopped = true;
    child.stop(signal ?? this.#options.killSignal, this.#options.killTimeout);
  }

  interrupt(signal: NodeJS.Signals): void {
    this.#household.end(() => killed(`this process got ${signal}`));
  }

  /** Not for ever: this process may have given up the right to signal them, and is itself to end. */
  endChildren(): Promise<void> {
    for (const child of this.alive) this.stop(child);
    const empty = this.#household.changes.until(() => this.isEmpty);
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

  #reaped(slot: number, exit: Exit): void {
    const occupant = this.#table.at(slot) as Occupant;
    if (occupant.stopped || !mayBeForAll(exit.signal)) this.#ended(occupant, exit);
    else {
      // This process may have got it, too, and hears of it by the end of the loop's next turn.
      const owner = native.getpid();
      setImmediate(() => {
        setImmediate(() => {
          if (native.getpid() === owner) this.#ended(occupant, exit);
        });
      });
    }
  }

  #ended(occupant: Occupant, exit: Exit): void {
    const { books, calls, changes } = this.#household;
    const { child, call, initialising, stopped } = occupant;
    const { job } = call;
    this.#table.leave(occupant);
    books.record('run', child.startedAt);
    if (stopped && exit.signal !== null) books.killed++;
    if (this.#table.taken === 0) releaseInterrupts(this);
    unlessDying(() => {
      const { name } = job;
      const { onExit } = this.#options;
      if (onExit) callback(call, () => onExit(name === undefined ? exit : { ...exit, name }));
      if (initialising && !stopped && this.#isForInit(exit)) this.#initFailed(new ChildDiedError(exit));
      if (calls.has(call)) job.ended(child, exit);
    });
    changes.tell();
    this.#household.wake();
  }

  /** Somebody may have killed one; one that ends by itself there does so each time. */
  #isForInit(exit: Exit): boolean {
    return exit.exitCode !== null || ++this.#stillborn >= STILLBORN;
  }

  /** The next child would fare no better, and the one after it. */
  #initFailed(cause: Error): void {
    this.#household.giveUp(() => broken(cause));
  }
}

/** The program's; if it throws, the call is over. */
function callback({ job, context }: Call, call: () => void): void {
  try {
    context.runInAsyncScope(call);
  } catch (error) {
    job.cancel(error);
  }
}

/** The signal, if this thread has blocked it. */
function blocked(signal: number): number[] {
  const mask = native.maskThread(SIG_BLOCK, []);
  return Array.isArray(mask) && mask.includes(signal) ? [signal] : [];
}
