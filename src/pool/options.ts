// The options of pools and of their calls, checked once. They are read, never written to, and may be frozen.

import { AsyncResource } from 'node:async_hooks';
import { availableParallelism } from 'node:os';
import {
  type CheckedForkOptions,
  checkedOptions as checkedForkOptions,
  type ForkOptions,
} from '../child/fork.js';
import { invalidType } from '../errors.js';
import {
  boolean,
  callable,
  integer,
  integerOrNone,
  object,
  type Signal,
  signalNumber,
  signalOption,
} from '../validate.js';
import type { Exit } from './exit.js';

/** What onSpawn hears. */
export interface Spawn {
  /** The child's pid. */
  pid: number;
  /** 0 to slots-1. */
  slot: number;
  /** The call's name, or the pool's. */
  name?: string;
}

/** Of the constructor of ForkPool. */
export interface PoolOptions {
  /**
   * How many children run at a time, 0 to 65,536. With 0 nothing is forked: run, map and each call their functions in
   * this process, one after the other, where neither a time-out nor kill() can end one.
   * @default os.availableParallelism()
   */
  slots?: number | undefined;
  /**
   * Milliseconds that a call of run, or an item of map and each, may take, 0 to 2^31 - 1; then its child is ended. 0 or
   * Infinity: no limit. `init` is limited, too: in a child of run together with the call, in one of map or each by itself. Where no
   * child that is left gets through it in time, the call rejects, mapSettled too, and what was done by then is lost.
   * @default 0
   */
  timeout?: number | undefined;
  /**
   * How many calls may wait for a first child, 0 to 2^32. A call above that rejects with ERR_POOL_QUEUE_FULL; ready() waits.
   * @default Infinity
   */
  maxQueue?: number | undefined;
  /** In the parent, after each fork. If it throws, the call that the child belongs to rejects with that error. */
  onSpawn?: ((spawn: Spawn) => void) | undefined;
  /** In the parent, once for each child, when it was reaped. If it throws: as onSpawn. */
  onExit?: ((exit: Exit & { name?: string }) => void) | undefined;
  /** For onSpawn and onExit to tell pools, or calls, apart. */
  name?: string | undefined;
  /**
   * What ends a child: after a time-out, an abort, the first error of a map, close and kill.
   * @default 'SIGTERM'
   */
  killSignal?: Signal | undefined;
  /**
   * Milliseconds until a child that killSignal has not ended gets SIGKILL, 0 to 2^31 - 1. Infinity: it never does.
   * @default 5000
   */
  killTimeout?: number | undefined;
  /** Runs in each child before anything else. Should it fail, the pool is broken: all calls reject, ERR_POOL_BROKEN. */
  init?: ((slot: number) => void | Promise<void>) | undefined;
  /**
   * How each fork is made. Its `timeout` is how long, in milliseconds, a call may be refused a child because of work in the
   * thread pool or in V8's background; the pool tries again until then, and leaves the event loop half of that time.
   * @default { timeout: 10000, allowWorkers: false }
   */
  fork?: ForkOptions | undefined;
}

/** Of run. */
export interface RunOptions {
  /** Ends the child, and rejects with an AbortError, unless run has its answer; before the fork, nothing is forked. */
  signal?: AbortSignal | undefined;
  /** Milliseconds, as that of the pool, for this call. 0 or Infinity: no limit. */
  timeout?: number | undefined;
  /** For onSpawn and onExit. */
  name?: string | undefined;
}

/** Of map and each. */
export interface MapOptions<T = unknown, R = unknown> extends RunOptions {
  /**
   * How many items a child takes at a time, from 1. Taking costs next to nothing, so this is for items that are best done
   * together.
   * @default 1
   */
  chunk?: number | undefined;
  /**
   * After so many items, from 1, a child ends and another takes its place.
   * @default Infinity
   */
  maxTasksPerChild?: number | undefined;
  /** In the parent, after each item, good or bad. If it throws, the call rejects with that error. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** In the parent, when a child begins with an item. If it throws: as onProgress. */
  onStart?: ((item: T, index: number) => void) | undefined;
  /** In the parent, with each result, but not after an error. If it throws: as onProgress. */
  onFinish?: ((item: T, index: number, value: R) => void) | undefined;
  /**
   * Whether onFinish, and what each yields, come in the order of the items.
   * @default false
   */
  ordered?: boolean | undefined;
}

export interface CheckedPoolOptions {
  slots: number;
  timeout: number;
  maxQueue: number;
  onSpawn: PoolOptions['onSpawn'];
  onExit: PoolOptions['onExit'];
  name: string | undefined;
  killSignal: number;
  killTimeout: number;
  init: PoolOptions['init'];
  fork: CheckedForkOptions;
  /** Of a call that is given none of its own. */
  run: CheckedRunOptions;
}

export const MAX_SLOTS = 65_536;
export const MAX_TIMER = 2 ** 31 - 1;
const FORK_TIMEOUT = 10_000;

export function checkedPoolOptions(given: unknown): CheckedPoolOptions {
  const options = optionsOf<PoolOptions>('options', given);
  const forkOptions = checkedForkOptions(options.fork, 'options.fork');
  const checked = {
    slots: number('slots', options.slots, availableParallelism(), 0, MAX_SLOTS),
    timeout: limit('timeout', options.timeout, Infinity, 0, MAX_TIMER),
    maxQueue: limit('maxQueue', options.maxQueue, Infinity, 0, 2 ** 32),
    onSpawn: callback('onSpawn', options.onSpawn),
    onExit: callback('onExit', options.onExit),
    name: checkedName(options.name),
    killSignal: signalNumber(
      'options.killSignal',
      options.killSignal === undefined ? 'SIGTERM' : options.killSignal,
    ),
    killTimeout: limit('killTimeout', options.killTimeout, 5000, 0, MAX_TIMER),
    init: callback('init', options.init),
    fork: { ...forkOptions, timeout: options.fork?.timeout ?? FORK_TIMEOUT },
  };
  const { timeout, name } = checked;
  return { ...checked, run: { signal: undefined, timeout: timeout || Infinity, name } };
}

export interface CheckedRunOptions {
  signal: AbortSignal | undefined;
  timeout: number;
  name: string | undefined;
}

/** None were given: each call has the same object, and of calls many may wait. */
export const NO_OPTIONS = Object.freeze({});

export function checkedRunOptions(given: unknown, pool: CheckedPoolOptions): CheckedRunOptions {
  if (given === NO_OPTIONS) return pool.run;
  const options = optionsOf<RunOptions>('options', given);
  return {
    signal: signalOption(options),
    timeout: limit('timeout', options.timeout, pool.timeout, 0, MAX_TIMER) || Infinity,
    name: checkedName(options.name) ?? pool.name,
  };
}

export interface CheckedMapOptions<T, R> extends CheckedRunOptions {
  chunk: number;
  maxTasksPerChild: number;
  onProgress: MapOptions<T, R>['onProgress'];
  onStart: MapOptions<T, R>['onStart'];
  onFinish: MapOptions<T, R>['onFinish'];
  ordered: boolean;
}

/** The most items of one call, so that a counter of 32 bits does not overflow. */
export const MAX_ITEMS = 2 ** 30;

export function checkedMapOptions<T, R>(given: unknown, pool: CheckedPoolOptions): CheckedMapOptions<T, R> {
  const options = optionsOf<MapOptions<T, R>>('options', given);
  const { ordered = false } = options;
  boolean('options.ordered', ordered);
  return {
    ...checkedRunOptions(given, pool),
    chunk: number('chunk', options.chunk, 1, 1, MAX_ITEMS),
    maxTasksPerChild: limit('maxTasksPerChild', options.maxTasksPerChild, Infinity, 1, MAX_ITEMS),
    onProgress: bound('onProgress', options.onProgress),
    onStart: bound('onStart', options.onStart),
    onFinish: bound('onFinish', options.onFinish),
    ordered,
  };
}

export function optionsOf<O>(name: string, given: unknown): O {
  return given === undefined ? ({} as O) : object(name, given as O);
}

export function number(name: string, given: unknown, preset: number, min: number, max: number): number {
  return given === undefined ? preset : integer(`options.${name}`, given, min, max);
}

/** The same, or Infinity: none. */
export function limit(name: string, given: unknown, preset: number, min: number, max: number): number {
  return given === undefined ? preset : integerOrNone(`options.${name}`, given, min, max);
}

/** In the asynchronous context of the call, as AsyncLocalStorage has it: children are heard of in anybody's. */
function bound<F extends (...args: never[]) => void>(name: string, given: F | undefined): F | undefined {
  const checked = callback(name, given);
  return checked && (AsyncResource.bind(checked as () => void) as unknown as F);
}

function callback<F>(name: string, given: F | undefined): F | undefined {
  return given === undefined ? undefined : callable(`options.${name}`, given);
}

function checkedName(name: unknown): string | undefined {
  if (name !== undefined && typeof name !== 'string')
    throw invalidType('options.name', 'of type string', name);
  return name;
}
