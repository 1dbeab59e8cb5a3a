// In a pool child: from the fork to its end. It never returns into the program that forked it.

import type { AsyncResource } from 'node:async_hooks';
import { endWith, endWithError } from '../child/body.js';
import { leaveToParent, silenceTimers } from '../child/leave.js';
import { flushOutput } from '../child/output.js';
import { repairInChildren } from '../child/repair.js';
import { codedError } from '../errors.js';
import { native } from '../native.js';
import { self } from '../self.js';
import { SIG_UNBLOCK } from '../signals/mask.js';
import { EXIT, recorder } from '../trace/recorder.js';
import { isPromise } from '../validate.js';
import { endWithParent, watchParent } from './parent-death.js';
import { isPortClosed, Port } from './port.js';

/** What a pool child is to do. */
export interface Work {
  slot: number;
  /** The signals by which the parent ends it and that it has blocked itself; mostly none. */
  unblock: readonly number[];
  /** Runs before anything else. */
  init: ((slot: number) => unknown) | undefined;
  /** Does the work, and answers through the port. If that returns a promise, the child ends when it is settled. */
  job: { main(port: Port, slot: number): unknown };
  /** Of the call that the job is of. */
  context: AsyncResource;
}

/** Exit codes: what Node gives an uncaught error, and a promise that never settles; EX_IOERR of sysexits.h. */
const UNCAUGHT = 1;
const UNSETTLED = 13;
const NO_PIPE = 74;

/** Not by process.reallyExit, which libraries replace to clean up after the program. */
let leave: (code: number) => never = native.leave;

/** But Node itself does so for coverage: it says so at its start, or with the first test of a file. */
const startsCovered = process.env.NODE_V8_COVERAGE !== undefined;
const leaveCovered = (code: number): never => self.reallyExit(code);

/** Ends this child with an error for its parent. */
let fail: (error: unknown, code: number) => void = () => {};
/** Through which this child answers. */
let own: Port | undefined;
let loopTurns = false;
let errorsAreAnswers = true;

/** @param parent the pid that this child's parent must have. */
export function work(work: Work, fd: number, parent: number): void {
  const port = new Port(fd);
  if (fd < 0) return; // a rehearsal
  fail = (error, code) => {
    if (port.isParents) endWithError(error);
    try {
      if (isPortClosed(error)) throw error;
      if (work.init === undefined || port.isReady) port.thrown(port.index, error);
      else port.initFailed(error);
    } catch {
      native.exitAtOnce(NO_PIPE);
    }
    end(code);
  };
  if (startsCovered || process.env.NODE_V8_COVERAGE !== undefined) leave = leaveCovered;
  own = port;
  loopTurns = false; // also if the parent is a pool child, whose does
  errorsAreAnswers = true;
  try {
    endWithParent(parent);
    leaveToParent();
    if (work.unblock.length > 0) native.maskThread(SIG_UNBLOCK, [...work.unblock]);
    watchParent();
    const before = work.init?.(work.slot);
    const done = isPromise(before) ? settle(before).then(() => begin(work, port)) : begin(work, port);
    if (isPromise(done)) {
      settle(done).then(
        () => end(port.failed ? UNCAUGHT : 0),
        (error) => fail(error, UNCAUGHT),
      );
    } else end(port.failed ? UNCAUGHT : 0);
  } catch (error) {
    fail(error, UNCAUGHT);
  }
}

/** No closure: V8 would compile it in each child. */
function begin({ init, slot, job, context }: Work, port: Port): unknown {
  if (init !== undefined) {
    returned(port);
    port.ready();
  }
  return context.runInAsyncScope(job.main, job, port, slot);
}

/**
 * A function of the program's has returned. Where it has done so in a child that it has forked with fork(), that child is at
 * its end, as any program.
 */
export function returned(port: Port): void {
  if (port.isParents) endWith(undefined);
}

/** In the parent, before it forks. */
export function prepareWork(): void {
  repairInChildren(forgetWork);
}

/** The same; see rehearsal.ts. */
export function rehearseWork(rehearsed: Work, port: Port): void {
  begin(rehearsed, port);
  work(rehearsed, -1, -1);
  end(-1);
}

/** To wait for it the event loop will turn, with the parent's timers in it. */
export function settle<T>(promise: PromiseLike<T>): Promise<T> {
  if (!loopTurns) turnLoop();
  return Promise.resolve(promise);
}

function turnLoop(): void {
  loopTurns = true;
  silenceTimers();
  if (!errorsAreAnswers) return;
  self.prependListener('uncaughtException', answerUncaught).prependListener('beforeExit', answerUnsettled);
}

/** The parent's listeners are gone: if there are others, the function has set them to handle it. */
const answerUncaught = (error: unknown) => {
  if (self.listenerCount('uncaughtException') === 1) fail(error, UNCAUGHT);
};
const answerUnsettled = () => fail(unsettled(), UNSETTLED);

/** From here on errors are printed, and listeners run, as in any program. */
export function endAsAnyProgram(): void {
  errorsAreAnswers = false;
  self.off('uncaughtException', answerUncaught).off('beforeExit', answerUnsettled);
}

/** In a child of fork(), below a pool child: its errors are not the pool child's answer. */
function forgetWork(inChild: boolean): void {
  if (!inChild || own === undefined) return;
  own.isParents = true;
  own = undefined;
  endAsAnyProgram();
}

/** Without 'exit' listeners, once what was printed is out. */
function end(code: number): void {
  if (code < 0) return; // a rehearsal
  flushOutput();
  recorder?.note(EXIT, code);
  leave(code);
}

function unsettled(): Error {
  return codedError(
    new Error(
      'The promise never settled, and nothing is left to wait for. What the parent had under way at the fork completes ' +
        'in the parent alone',
    ),
    'ERR_POOL_UNSETTLED',
  );
}
