// What a child that is there for one piece of work has from its parent and lets go of: that of a pool, and of forkChild. A plain
// fork() keeps all this, as it must.

import { AsyncResource, createHook, executionAsyncResource, type HookCallbacks } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
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
 * Before it runs anything. The parent's listeners for signals and for its end do not run here: a signal does by default
 * what it does. Its sockets, pipes and file watches are let go. What it had in the thread pool completes in the parent
 * alone.
 *
 * @param really false for a rehearsal in the parent, which changes nothing.
 */
export function leaveToParent(really = true): void {
  if (self.exitCode !== undefined && really) self.exitCode = undefined;
  leaveDomains(really ? (self as InDomain) : {});
  native.beginLeaving(really);
  leaveListeners(really ? self : withListeners());
  leaveExitHooks(really);
  if (self.hasUncaughtExceptionCaptureCallback() && really) self.setUncaughtExceptionCaptureCallback(null);
  check('dup2', native.leaveLoop(really));
  emptyAgents(really);
  const newest = new AsyncResource('just-fork:pool').emitDestroy().asyncId();
  if (!really) return;
  newestOfParent = newest;
  if (hasLeft) refreshed = new WeakSet(); // below a child that has, too
  hasLeft = true;
}

/** Of node:domain, which the REPL uses, too: it would hear of the child's errors, and lets nobody else take them. */
function leaveDomains(self: InDomain): void {
  while (self.domain) self.domain.exit();
}

interface InDomain {
  domain?: { exit(): void } | null;
}

function leaveListeners(emitter: EventEmitter): void {
  for (const name of emitter.eventNames()) {
    if (typeof name !== 'string' || !(name.startsWith('SIG') || PARENTS.includes(name))) continue;
    const nodes = emitter.listeners(name).filter(isNodes);
    emitter.removeAllListeners(name);
    for (const listener of nodes) emitter.on(name, listener as () => void);
  }
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
  const { listeners } = (globalThis as { [EXIT_HOOKS]?: ExitHooks })[EXIT_HOOKS] ?? NO_HOOKS;
  const { __signal_exit_emitter__: older } = self as { __signal_exit_emitter__?: EventEmitter };
  if (!really) return;
  for (const list of Object.values(listeners ?? {})) if (Array.isArray(list)) list.length = 0;
  older?.removeAllListeners('exit').removeAllListeners('afterexit');
}

/** As version 4 has it; version 3 has an emitter. */
const EXIT_HOOKS = Symbol.for('signal-exit emitter');
interface ExitHooks {
  listeners?: Record<string, unknown>;
}
const NO_HOOKS: ExitHooks = {};

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

/** In the parent, before it forks such a child. */
export function prepareToLeave(): void {
  findAgents();
  followAddresses();
  if (!followsRefreshes) followRefreshes();
  followsRefreshes = true;
}

let followsRefreshes = false;

/** From then on it is known who refreshes what. */
function followRefreshes(): void {
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
  return rehearsed.on('SIGINT', () => {}).on('exit', () => {});
}

const rehearsal = new Rehearsal(() => {
  leaveToParent(false);
  silenceTimers(false);
});

/** In the parent, before it forks a pool's child. */
export function rehearseLeaving(): void {
  rehearsal.run();
}
