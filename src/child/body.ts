// A child that runs one function and ends, and never returns into the program that forked it.

import { EventEmitter } from 'node:events';
import { codedError } from '../errors.js';
import { native } from '../native.js';
import { self } from '../self.js';
import { setImmediate } from '../timers.js';
import { integer, isPromise } from '../validate.js';
import { flushAtExit, isExiting } from './exit.js';
import { flushOutput } from './output.js';
import { Rehearsal } from './rehearsal.js';

/**
 * Runs a synchronous body, and ends the process. What it throws is of a listener to the end, or of a stack without room.
 *
 * @param really false for a rehearsal in the parent, which touches nothing of the process.
 */
function runBody(body: () => number | void, really: boolean): void {
  // A code that the parent had set for its own end is not the child's.
  if (self.exitCode !== undefined && really) self.exitCode = undefined;
  let result: unknown;
  try {
    result = body();
    if (isPromise(result)) {
      result.then(undefined, () => {}); // the error below says it all
      throw codedError(
        new TypeError(
          'The body of fork() returned a promise, and the child ends with its body: use forkChild()',
        ),
        'ERR_INVALID_RETURN_VALUE',
      );
    }
  } catch (error) {
    if (!really) throw error;
    endWithError(error);
  }
  end(result, really);
}

/** Runs a body that may be async, and ends the process when it has settled. */
export async function runAsyncBody(body: () => unknown, really = true): Promise<void> {
  const settled = failIfUnsettled(really ? self : new EventEmitter());
  let result: unknown;
  try {
    result = await body();
  } catch (error) {
    settled();
    if (!really) throw error;
    endWithError(error);
  }
  settled();
  end(result, really);
}

/** After a fork, in both processes; as repairIfChild(). */
export function runIfChild(pid: number, body: () => number | void, really = true): void {
  if (pid === 0) runBody(body, really);
}

const bodies = new Rehearsal(() => {
  runIfChild(0, () => {}, false);
  runIfChild(0, () => 0, false);
});
const asyncBodies = new Rehearsal(() => {
  runAsyncBody(() => {}, false).catch(() => {});
});

/** In the parent, before it forks. */
export function rehearseBody(): void {
  bodies.run();
}

/** The same. */
export function rehearseAsyncBody(): void {
  bodies.run();
  asyncBodies.run();
}

/** What Node ends with when a module awaits for ever. */
const UNSETTLED = 13;

/**
 * With nothing left to wait for, a process ends; this one has not done what it was to do, and must not look as if it
 * had. An end by process.exit() is the body's own will: no 'beforeExit' comes before that.
 */
function failIfUnsettled(ends: EventEmitter): () => void {
  let idle = false;
  let hasCode = false;
  const beforeExit = () => {
    idle = true;
    hasCode = self.exitCode !== undefined;
    setImmediate(() => {
      idle = false; // a listener has found something to do
    }).unref();
  };
  const exit = (code: number) => {
    // Node sets the same code if the parent's main module waits at its top level, and the package signal-exit sets the one
    // that is announced.
    const isSet = hasCode || ![undefined, UNSETTLED, code].includes(self.exitCode as number | undefined);
    if (!idle || isSet) return;
    self.exitCode = UNSETTLED;
    process.stderr.write(
      `just-fork: the promise of the body of child ${process.pid} never settled, and nothing is left to wait for. ` +
        'What the parent had under way at the fork completes in the parent alone\n',
    );
  };
  ends.on('beforeExit', beforeExit).on('exit', exit);
  return () => ends.off('beforeExit', beforeExit).off('exit', exit);
}

/** With an exit code, or nothing: 0. */
export function endWith(result: unknown): never {
  end(result, true);
  return native.leave(1); // not reached: it has ended
}

function end(result: unknown, really: boolean): void {
  const code = result ?? undefined;
  try {
    if (code !== undefined) integer('code', code, -(2 ** 31), 2 ** 31 - 1);
  } catch (cause) {
    const expected = 'The body must return an exit code, which is an integer of 32 bits, or nothing';
    endWithError(codedError(new TypeError(expected, { cause }), 'ERR_INVALID_RETURN_VALUE'));
  }
  exit(code as number | undefined, really);
}

/** Prints the error as Node prints one that nobody caught; should a listener have caught it, the child still ends. */
export function endWithError(error: unknown): never {
  flushOutput();
  native.reportUncaught(error);
  exit(1, true);
  return native.leave(1); // not reached
}

/**
 * As process.exit does it, in whose place a test runner may have put a call that throws, returns or complains: a child that
 * went on would be a second test runner.
 */
function exit(code: number | undefined, really: boolean): void {
  flushAtExit(really);
  if (!really) return;
  // 0 is said, too: Node makes 13 of nothing where the main module waits at its top level.
  self.exitCode = code ?? self.exitCode ?? 0;
  if (!isExiting()) {
    (self as { _exiting?: boolean })._exiting = true;
    // Jest loads the package anew for each file of tests: the first of these leaves, and knows of no body.
    flushOutput();
    self.emit('exit', Number(self.exitCode));
  }
  const ended = Number(self.exitCode ?? 0);
  try {
    self.reallyExit(ended);
  } finally {
    native.leave(ended); // that was replaced, too
  }
}
