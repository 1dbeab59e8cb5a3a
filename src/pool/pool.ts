import { CallSite } from '../call-site.js';
import { outOfRange } from '../errors.js';
import { boolean, callable, integer, type Signal, signalNumber } from '../validate.js';
import { Admission } from './admission.js';
import { closed, inChild, killed } from './errors.js';
import { Inline } from './inline.js';
import { checkedKeepOptions, type KeepOptions } from './keep-options.js';
import { type Keeper, KeepJob } from './keeper.js';
import { MapCalls, type Mapper } from './map-calls.js';
import {
  type CheckedPoolOptions,
  checkedPoolOptions,
  checkedRunOptions,
  MAX_SLOTS,
  type MapOptions,
  NO_OPTIONS,
  optionsOf,
  type PoolOptions,
  type RunOptions,
} from './options.js';
import { RunJob } from './run-job.js';
import { Scheduler } from './scheduler.js';
import { Collected, resultOf, settledResult } from './sinks.js';
import type { PoolStats } from './stats.js';

/** What each yields. */
export interface Item<R> {
  /** Of the item. */
  index: number;
  /** What the function returned for it. */
  value: R;
}

/** What eachSettled yields: as Promise.allSettled, with the index. */
export type SettledItem<R> = {
  /** Of the item. */
  index: number;
} & PromiseSettledResult<R>;

/**
 * N children kept busy. A function given to run, map, each or keep runs in a child forked for it, which has all that the
 * program has in memory at that moment: nothing is sent to it. What it returns is sent back (node:v8's serialisation).
 *
 * A child is there for its work alone. It does not run what the parent has under way: timers, servers, connections,
 * listeners for signals and for 'exit' are the parent's, and 'exit' listeners of its own run only if it ends by
 * process.exit. stdout and stderr are the parent's. It ends with its work, and at the latest with its parent. It can make
 * pools of its own; those of its parent refuse it (ERR_POOL_IN_CHILD).
 *
 * A child that ends without an answer fails its own call or item (ChildDiedError), and another takes its slot. An error
 * that it throws comes as a RemoteError. If fork() refuses, the call rejects with its error.
 *
 * While children run, SIGINT and SIGTERM end them first, and then do what they would have done. If they end the program, its
 * calls do not settle any more.
 *
 * ```ts
 * const pool = new ForkPool({ slots: 8 });
 * const scores = await pool.map(population, (one) => evaluate(one));
 * await pool.close();
 * ```
 */
export class ForkPool implements AsyncDisposable {
  readonly #options: CheckedPoolOptions;
  readonly #scheduler: Scheduler;
  readonly #inline: Inline;
  readonly #admission: Admission;
  readonly #mapCalls: MapCalls;

  /**
   * Forks nothing: children come with the calls.
   *
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL: `options`.
   */
  constructor(options: PoolOptions = {}) {
    this.#options = checkedPoolOptions(options);
    this.#scheduler = new Scheduler(this.#options);
    this.#inline = new Inline(this.#options.init, this.#scheduler);
    this.#admission = new Admission(this.#scheduler, this.#inline, this.#options.maxQueue);
    this.#mapCalls = new MapCalls(this.#scheduler, this.#inline, this.#admission, this.#options);
  }

  /** How many children run, or have ended and are not yet reaped. */
  get running(): number {
    return this.#scheduler.inChild ? 0 : this.#scheduler.children.length;
  }

  /** Their pids, by slot. */
  get pids(): number[] {
    return this.#scheduler.inChild ? [] : this.#scheduler.children.map(({ pid }) => pid);
  }

  /** How many children may run at a time. */
  get slots(): number {
    return this.#scheduler.slots;
  }

  /** What it has done so far; each reading is a new object. */
  get stats(): PoolStats {
    const { books } = this.#scheduler;
    const { started, done, failed, killed: ended } = books;
    return {
      started,
      running: this.running,
      queued: this.#admission.queued,
      done,
      failed,
      killed: ended,
      get times() {
        return books.times;
      },
    };
  }

  /**
   * Runs one function in a child of its own: a fork for each call.
   *
   * @param work runs in the child; it may be async.
   * @param options what may end it, and its name: `signal`, `timeout`, `name`. Default {}: those of the pool.
   * @returns what it returned, or resolved to. Rejects with RemoteError, ChildDiedError, ERR_POOL_TIMEOUT, an AbortError,
   *   ERR_POOL_UNSETTLED (as a RemoteError: its promise can never settle), what fork() throws; and without having begun
   *   with ERR_POOL_QUEUE_FULL, ERR_POOL_CLOSED, ERR_POOL_KILLED, ERR_POOL_KEEPING, ERR_POOL_BROKEN, ERR_POOL_IN_CHILD.
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection. So do map and its kin.
   */
  run<R>(work: () => R | Promise<R>, options: RunOptions = NO_OPTIONS): Promise<Awaited<R>> {
    callable('work', work);
    const checked = checkedRunOptions(options, this.#options);
    const refusal = this.#admission.refusal(checked.signal);
    if (refusal) return Promise.reject(refusal);
    if (this.slots === 0) return this.#inline.run(work, checked) as Promise<Awaited<R>>;
    const job = new RunJob(this.#scheduler, work, checked, new CallSite(RUN));
    this.#scheduler.add(job);
    return job.promise as Promise<Awaited<R>>;
  }

  /**
   * Calls a function for each item, in as many children as there are slots. They take the next item from one counter in
   * shared memory, so a slow one holds nothing up but itself; each child does one item at a time.
   *
   * @param items an array, whose elements should not change meanwhile, a typed array, or anything iterable, which is read
   *   to its end first. At most 2^30.
   * @param work runs in a child, with an item and its index; it may be async.
   * @param options those of run, and how the items are dealt out and told of: `chunk`, `maxTasksPerChild`, `ordered`,
   *   `onProgress`, `onStart`, `onFinish`. Default {}.
   * @returns the results in the order of the items. Rejects with the first error (see run), whose `index` says which item
   *   it is of, after the other children have been ended; or with what the iterator of `items` has thrown, or
   *   sharedMemory().
   */
  map<T, R>(
    items: readonly T[] | Iterable<T>,
    work: Mapper<T, R>,
    options: MapOptions<T, Awaited<R>> = {},
  ): Promise<Awaited<R>[]> {
    const call = this.#mapCalls.check<T, Awaited<R>>(items, work as Mapper<T, Awaited<R>>, options);
    const collected = new Collected(call.items.list.length, resultOf<Awaited<R>>);
    this.#mapCalls.collect(call, collected);
    return collected.promise;
  }

  /**
   * map that goes on after errors, as Promise.allSettled does.
   *
   * @param items as for map.
   * @param work as for map.
   * @param options as for map. Default {}.
   * @returns for each item its value or its error, in the order of the items. Rejects where map would without having begun,
   *   with an AbortError, ERR_POOL_KILLED, and with what a callback has thrown.
   */
  mapSettled<T, R>(
    items: readonly T[] | Iterable<T>,
    work: Mapper<T, R>,
    options: MapOptions<T, Awaited<R>> = {},
  ): Promise<PromiseSettledResult<Awaited<R>>[]> {
    const call = this.#mapCalls.check<T, Awaited<R>>(items, work as Mapper<T, Awaited<R>>, options);
    const settled = new Collected(call.items.list.length, settledResult<Awaited<R>>);
    this.#mapCalls.collect(call, settled);
    return settled.promise;
  }

  /**
   * map that yields the results as they come (or in order, with `ordered`). It begins with the first next(). If nobody
   * takes them, the children wait, or leave their slots to other calls; so the program, close() and drain() do not end
   * before all have come to the iterator, which keeps up to 256 of them, or 64 MB. `break`, and return() of an iterator that
   * is used by hand, end the children. The first error ends it, and is thrown.
   *
   * If the iterator of `items` throws, the results of the items before come first, and then its error.
   *
   * @param items as for map.
   * @param work as for map.
   * @param options as for map. Default {}.
   * @returns `{ index, value }` for each item. Its next() rejects as map does.
   */
  each<T, R>(
    items: readonly T[] | Iterable<T>,
    work: Mapper<T, R>,
    options: MapOptions<T, Awaited<R>> = {},
  ): AsyncIterableIterator<Item<Awaited<R>>> {
    const call = this.#mapCalls.check<T, Awaited<R>>(items, work as Mapper<T, Awaited<R>>, options);
    return this.#mapCalls.stream(call, (outcome) => ({ index: outcome.index, value: resultOf(outcome) }));
  }

  /**
   * each that goes on after errors, and yields them, too.
   *
   * @param items as for map.
   * @param work as for map.
   * @param options as for map. Default {}.
   * @returns `{ index, status, value }` or `{ index, status, reason }` for each item. Its next() rejects as mapSettled does.
   */
  eachSettled<T, R>(
    items: readonly T[] | Iterable<T>,
    work: Mapper<T, R>,
    options: MapOptions<T, Awaited<R>> = {},
  ): AsyncIterableIterator<SettledItem<Awaited<R>>> {
    const call = this.#mapCalls.check<T, Awaited<R>>(items, work as Mapper<T, Awaited<R>>, options);
    return this.#mapCalls.stream(call, (outcome) => ({ index: outcome.index, ...settledResult(outcome) }));
  }

  /**
   * A supervisor: a child in every slot, and another as soon as one has ended. The child ends with what the function
   * returns as exit code, as in forkChild; one that listens on a socket may return a promise that never settles. The
   * keeper takes every slot, so other calls on this pool are refused.
   *
   * @param child runs in each child, with the number of its slot; it may be async.
   * @param options when an ended child is replaced, and how soon: `restart`, `backoff`, `maxRestarts`, `name`. Default {}.
   * @returns the keeper, at once; its children come with the next turns of the event loop.
   * @throws ERR_POOL_CLOSED, ERR_POOL_IN_CHILD, ERR_POOL_BROKEN, ERR_POOL_KEEPING; ERR_OUT_OF_RANGE: of 0 slots, or a bad
   *   option. ERR_INVALID_ARG_TYPE: bad arguments.
   */
  keep(child: (slot: number) => number | void | Promise<number | void>, options: KeepOptions = {}): Keeper {
    callable('child', child);
    const checked = checkedKeepOptions(options);
    const { name } = checkedRunOptions({ name: options.name }, this.#options);
    const refusal = this.#admission.refusal();
    if (refusal) throw refusal;
    if (this.slots === 0) throw outOfRange('slots', '>= 1 for keep', 0);
    const job = new KeepJob(this.#scheduler, this.slots, child, checked, name);
    this.#scheduler.add(job);
    return job;
  }

  /**
   * Resolves when a call would find room: at once, unless `maxQueue` calls wait; and when the pool is closed. Of several
   * that wait, as many as there is room for go on at a time; the call is to follow at once. Rejects with ERR_POOL_IN_CHILD.
   */
  async ready(): Promise<void> {
    this.#refuseInChild();
    await this.#admission.ready();
  }

  /**
   * Another number of slots, from 1. Where there are fewer, children finish the call or the item that they are at; those
   * of a keeper are ended. Where there are more, a call of map or each that runs takes up to 256 of those.
   *
   * @param slots 1 to 65,536.
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `slots`. ERR_POOL_IN_CHILD.
   */
  resize(slots: number): void {
    this.#refuseInChild();
    this.#scheduler.slots = integer('slots', slots, 1, MAX_SLOTS);
  }

  /**
   * Resolves when no call is left: all have settled, all that each() yields has come to its iterator, and all children were
   * reaped. Keepers are not waited for. Rejects with ERR_POOL_IN_CHILD.
   */
  async drain(): Promise<void> {
    this.#refuseInChild();
    const onlyKeepers = () => {
      const { calls, isEmpty } = this.#scheduler;
      return calls.size === calls.keepers && (calls.size > 0 || isEmpty);
    };
    await this.#scheduler.changes.until(() => onlyKeepers() && this.#inline.isEmpty);
  }

  /**
   * Takes no more calls, stops keepers, and resolves when all that was accepted is done; see drain().
   *
   * @param options.cancelQueued calls that have no child yet reject, with ERR_POOL_CLOSED. Default false.
   * @returns rejects with ERR_POOL_IN_CHILD.
   */
  async close(options: { cancelQueued?: boolean | undefined } = {}): Promise<void> {
    this.#refuseInChild();
    const { cancelQueued = false } = optionsOf<{ cancelQueued?: boolean | undefined }>('options', options);
    boolean('options.cancelQueued', cancelQueued);
    this.#admission.closed = true;
    if (cancelQueued) {
      this.#scheduler.cancelQueued(closed);
      this.#inline.cancelQueued(closed);
    }
    for (const job of this.#scheduler.calls.jobs) if (job instanceof KeepJob) void job.stop();
    this.#scheduler.changes.tell();
    const { calls, changes } = this.#scheduler;
    await changes.until(() => calls.size === 0 && this.#scheduler.isEmpty && this.#inline.isEmpty);
  }

  /**
   * Ends all children and closes the pool: calls reject with ERR_POOL_KILLED. Resolves when all children were reaped.
   *
   * @param signal default killSignal; after killTimeout, SIGKILL.
   * @returns rejects with ERR_POOL_IN_CHILD; ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
   */
  async kill(signal?: Signal): Promise<void> {
    const number = signal === undefined ? this.#options.killSignal : signalNumber('signal', signal);
    this.#refuseInChild();
    this.#admission.closed = true;
    const error = () => killed('by kill()');
    this.#inline.end(error);
    await this.#scheduler.end(error, number);
  }

  /** `await using`: kill(). What is to be finished is awaited inside the block. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isChild) await this.kill();
  }

  #refuseInChild(): void {
    if (this.#isChild) throw inChild();
  }

  /** The caller is, or a function that stands for one. */
  get #isChild(): boolean {
    return this.#scheduler.inChild || this.#inline.isCaller;
  }
}

/** Where the stacks of its calls begin. Not named in the class: the bundler would give that another name. */
const RUN = ForkPool.prototype.run;
