// What a child that is there for one piece of work has from its parent and lets go of: that of a pool, and of forkChild. A plain
// fork() keeps all this, as it must.

import { AsyncResource, createHook, executionAsyncResource, type HookCallbacks } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { check } from '../errors.js';
import { native } from '../native.js';
import { self } from '../self.js';
import { clearTimeout, setTimeout } from '../timers.js';
import { followAddresses } from './addresses.js';
import { emptyAgents, findAgents } from './agents.js';
import { Rehearsal } from './rehearsal.js';

/** How the ends of a process, and its errors, are heard of: these listeners are the parent's. */
const PARENTS = [
  'exit',
  'beforeExit',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'rejectionHandled',
];

/** All that is older is the parent's: known once leaveToParent has run. */
let newestOfParent = 0;

/**
 * In the parent, as the last thing before it forks such a child. What is looked up here is not looked up by each child: of Node's
 * and V8's code that it would need for that, each maps its own pages.
 */
export function findWhatToLeave(): void {
  findAgents();
  followAddresses();
  followRefreshes();
  exitHooks = (globalThis as { [EXIT_HOOKS]?: ExitHooks })[EXIT_HOOKS];
  if (exitHooks !== undefined && listsOf(exitHooks).every(({ length }) => length === 0))
    exitHooks = undefined;
  olderExitHooks = (self as { __signal_exit_emitter__?: EventEmitter }).__signal_exit_emitter__;
  newest = new AsyncResource('just-fork:pool').emitDestroy().asyncId();
}

/** Of the moment of the fork. This process may itself be such a child, with a `newestOfParent` that stays. */
let newest = 0;
let exitHooks: ExitHooks | undefined;
let olderExitHooks: EventEmitter | undefined;

/**
 * Before it runs anything. The parent's listeners for signals and for its end do not run here: a signal does by default
 * what it does. Its sockets, pipes and file watches are let go. What it had in the thread pool completes in the parent
 * alone.
 *
 * @param really false for a rehearsal in the parent, which changes nothing.
 */
export function leaveToParent(really = true): void {
  if (self.exitCode !== undefined && really) self.exitCode = undefined;
  leaveDomains(really);
  const listens = native.beginLeaving(really);
  leaveListeners(really ? self : withListeners(), listens);
  if (exitHooks !== undefined || olderExitHooks !== undefined) leaveExitHooks(really);
  if (self.hasUncaughtExceptionCaptureCallback() && really) self.setUncaughtExceptionCaptureCallback(null);
  check('dup2', native.leaveLoop(really));
  emptyAgents(really);
  if (!really) return;
  newestOfParent = newest;
  if (hasLeft) refreshed = new WeakSet(); // below a child that has, too
  hasLeft = true;
}

/** Of node:domain, which the REPL uses, too: it would hear of the child's errors, and lets nobody else take them. */
function leaveDomains(really: boolean): void {
  const { domain } = self as { domain?: { exit(): void } | null };
  if (!domain || !really) return;
  domain.exit();
  leaveDomains(really);
}

/** @param listens whether the program listens to any signal. */
function leaveListeners(emitter: EventEmitter, listens: boolean): void {
  if (emitter !== self) leaveListenersTo(self, NO_EVENT); // a rehearsal
  for (let i = 0; i < PARENTS.length; i++) leaveListenersTo(emitter, PARENTS[i] as string);
  if (listens) for (const name of Object.keys(constants.signals)) leaveListenersTo(emitter, name);
}

function leaveListenersTo(emitter: EventEmitter, name: string): void {
  if (emitter.listenerCount(name) === 0) return;
  const nodes = emitter.listeners(name).filter(isNodes);
  emitter.removeAllListeners(name);
  for (const listener of nodes) emitter.on(name, listener as () => void);
}

/** Of --heapsnapshot-signal, of a terminal's size, and of --report-on-signal, whose name a program may use, too. */
function isNodes(listener: { readonly name: string }): boolean {
  return (
    NODES.includes(listener.name) ||
    (listener.name === 'signalHandler' && sourceOf(listener).includes('.writeReport('))
  );
}

const NODES = ['doWriteHeapSnapshot', 'refreshStdoutOnSigWinch', 'refreshStderrOnSigWinch'];

/**
 * The package signal-exit, of which execa, lockfiles and others clean up at the end, hears of it by a process.emit of its own.
 * Its listeners are the parent's, too: they would end its programs, and remove its locks.
 */
function leaveExitHooks(really: boolean): void {
  if (!really) return;
  for (const list of listsOf(exitHooks)) list.length = 0;
  olderExitHooks?.removeAllListeners('exit').removeAllListeners('afterexit');
}

function listsOf(hooks: ExitHooks | undefined): unknown[][] {
  return Object.values(hooks?.listeners ?? {}).filter((list) => Array.isArray(list));
}

/** As version 4 has it; version 3 has an emitter. */
const EXIT_HOOKS = Symbol.for('signal-exit emitter');
interface ExitHooks {
  listeners?: Record<string, unknown>;
}

/** A timer or an immediate, as Node has them. */
interface Callback {
  _onTimeout?: unknown;
  _onImmediate?: unknown;
  /** Of an interval. */
  _repeat?: number | null;
}

/**
 * Timers and immediates cannot be found, but they can be recognised when they are due: the parent's are older than the fork.
 * One that the child has refreshed is its own, and one that was silenced can be refreshed later.
 */
const silencer = createHook({
  trackPromises: false, // where Node knows it, promises are as fast as ever
  before: silence,
} as HookCallbacks);

function silence(asyncId: number): void {
  if (asyncId > newestOfParent) return;
  const due = executionAsyncResource() as Callback;
  // What is called next.
  if (typeof due._onImmediate === 'function' && !sourceOf(due._onImmediate).includes(TELLS_OBSERVERS)) {
    due._onImmediate = () => {};
  }
  const call = due._onTimeout;
  if (typeof call !== 'function' || refreshed.has(due) || isClock(call)) return;
  if (due._repeat) clearTimeout(due as NodeJS.Timeout);
  due._onTimeout = () => {
    due._onTimeout = call;
  };
}

/**
 * Of Node itself, which sets none anew while one is set: it forgets the date of HTTP's `Date` headers (lib/internal/http.js),
 * and looks for fetch's time-outs (undici's lib/util/timers.js). Without them the date would stand still in the child, and
 * no fetch there would be late.
 */
const CLOCKS: ReadonlyMap<string, string> = new Map([
  ['resetCache', 'utcCache = undefined'],
  ['onTick', 'fastNow += '],
]);

/** It also tells observers of what they have observed (lib/internal/perf/observe.js), and until then queues no other. */
const TELLS_OBSERVERS = 'isPending = false';

/** By more than its name, which a function of the program's may have, too. */
function isClock(call: { readonly name: string }): boolean {
  const within = CLOCKS.get(call.name);
  return within !== undefined && sourceOf(call).includes(within);
}

function sourceOf(call: object): string {
  return Function.prototype.toString.call(call);
}

/** Timers that this child has refreshed. */
let refreshed = new WeakSet<object>();
let hasLeft = false;

let followsRefreshes = false;

/** From then on it is known who refreshes what. */
function followRefreshes(): void {
  if (followsRefreshes) return;
  followsRefreshes = true;
  const timer = setTimeout(() => {}, 0);
  clearTimeout(timer);
  const prototype = Object.getPrototypeOf(timer) as NodeJS.Timeout;
  if (!Object.hasOwn(prototype, 'refresh')) return; // a test's, there before the package: plain objects
  const { refresh } = prototype;
  prototype.refresh = function (this: NodeJS.Timeout) {
    if (hasLeft) refreshed.add(this);
    return refresh.call(this);
  };
}

/** Before its event loop turns, which that of most children never does: it makes promises slower (by 0.1 µs an await). */
export function silenceTimers(really = true): void {
  if (really) silencer.enable();
  else silence(Infinity);
}

const rehearsed = new EventEmitter();
/** What a rehearsal takes listeners from. */
function withListeners(): EventEmitter {
  return rehearsed.on('exit', () => {});
}
/** Which nobody listens to. */
const NO_EVENT = 'just-fork: no event';

const rehearsal = new Rehearsal(() => {
  leaveToParent(false);
  silenceTimers(false);
});

/** In the parent, before it forks a pool's child. */
export function rehearseLeaving(): void {
  rehearsal.run();
}
