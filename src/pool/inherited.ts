// What a pool child has from its parent and lets go of, before it runs anything: it is there for its work alone. A plain
// fork() keeps all this, as it must.

import { AsyncResource, createHook, executionAsyncResource, type HookCallbacks } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { check } from '../errors.js';
import { native } from '../native.js';

/** How the ends of a process, and its errors, are heard of: these listeners are the parent's. */
const PARENTS = [
  'exit',
  'beforeExit',
  'uncaughtException',
  'uncaughtExceptionMonitor',
  'unhandledRejection',
  'rejectionHandled',
];

/**
 * The parent's listeners for signals and for its end do not run here: a signal does by default what it does. Its sockets,
 * pipes and file watches are let go. What it had in the thread pool completes in the parent alone, and its immediates
 * run there alone.
 *
 * @param turn the immediate that this is called from.
 */
export function leaveToParent(turn: NodeJS.Immediate | undefined): void {
  if (turn === undefined) return; // a rehearsal
  process.exitCode = undefined;
  leaveListeners(process);
  if (process.hasUncaughtExceptionCaptureCallback()) process.setUncaughtExceptionCaptureCallback(null);
  native.dropCompletions();
  check('dup2', native.leaveHandles());
  clearImmediates(turn);
  newestOfParent = new AsyncResource('just-fork:pool').asyncId();
}

function leaveListeners(emitter: EventEmitter): void {
  for (const name of emitter.eventNames()) {
    if (typeof name === 'string' && (name.startsWith('SIG') || PARENTS.includes(name))) {
      emitter.removeAllListeners(name);
    }
  }
}

interface Linked extends NodeJS.Immediate {
  _idleNext?: Linked | null;
  _idlePrev?: Linked | null;
}

/** Node keeps immediates in lists: that of this turn, which we are in, and that of the next. */
function clearImmediates(turn: Linked | undefined): void {
  if (turn === undefined) return; // a rehearsal
  clearFrom(turn._idleNext, next);
  clearFrom(
    setImmediate(() => {}),
    previous,
  );
}

const next = (one: Linked) => one._idleNext;
const previous = (one: Linked) => one._idlePrev;

function clearFrom(first: Linked | null | undefined, following: typeof next): void {
  for (let one = first; one; ) {
    const other = following(one); // which clearing it would lose
    clearImmediate(one);
    one = other;
  }
}

/** All that is older is the parent's: known once leaveToParent has run. */
let newestOfParent = 0;

/** In the parent; see rehearsal.ts. */
export function rehearseLeaving(): void {
  const emitter = new EventEmitter();
  emitter.on('SIGINT', () => {}).on('exit', () => {});
  leaveListeners(emitter);
  process.hasUncaughtExceptionCaptureCallback();
  leaveToParent(undefined);
  clearImmediates(undefined);
  previous({} as Linked);
  clearFrom(
    setImmediate(() => {}),
    () => undefined,
  );
  next({} as Linked);
  new AsyncResource('just-fork:pool').asyncId();
}

/**
 * Timers cannot be found, but they can be recognised when they fire: the parent's are older than the fork. To be called
 * when the event loop is about to turn, since it makes promises slower (by 0.1 µs an await).
 */
export function silenceTimers(): void {
  const hooks: HookCallbacks & { trackPromises: boolean } = {
    trackPromises: false, // where Node knows it, promises are as fast as ever
    before(asyncId) {
      if (asyncId > newestOfParent) return;
      const timer = executionAsyncResource() as { _onTimeout?: unknown };
      if (typeof timer._onTimeout !== 'function') return;
      clearTimeout(timer as NodeJS.Timeout);
      timer._onTimeout = () => {}; // which is what is called next
    },
  };
  createHook(hooks).enable();
}
