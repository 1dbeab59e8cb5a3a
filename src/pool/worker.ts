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

/** What a pool child is to do. Always made with these in this order: V8 has learned where they lie. */
export interface Work {
  slot: number;
  /** Runs before anything else. */
  init: ((slot: number) => unknown) | undefined;
  /** The signals by which the parent ends it and that it has blocked itself; mostly none. */
  unblock: readonly number[];
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

/** A pool child, as long as what comes of it is its answer. */
class Own {
  readonly port: Port;
  readonly #hasInit: boolean;
  loopTurns = false;
  errorsAreAnswers = true;

  constructor(port: Port, hasInit: boolean) {
    this.port = port;
    this.#hasInit = hasInit;
  }

  /** Ends it with an error for its parent. */
  fail(error: unknown, code: number): void {
    const { port } = this;
    if (port.isParents) endWithError(error);
    try {
      if (isPortClosed(error)) throw error;
      if (port.isReady || !this.#hasInit) port.thrown(port.index, error);
      else port.initFailed(error);
    } catch {
      native.exitAtOnce(NO_PIPE);
    }
    end(code);
  }
}

/** This process's, or in a child of fork() below a pool child that one's; undefined: it is in no pool. */
let own: Own | undefined;

/**
 * After a fork, in both processes; as repairIfChild().
 *
 * @param parent the pid that this child's parent must have; -1: a rehearsal in the parent, which ends nothing.
 */
export function workIfChild(pid: number, task: Work, writeFd: number, parent: number): void {
  if (pid === 0) work(task, new Port(writeFd), parent);
}

function work(work: Work, port: Port, parent: number): void {
  const really = parent > 0;
  const above = own;
  const { init } = work;
  const me = new Own(port, init !== undefined);
  own = me;
  try {
    endWithParent(parent);
    leaveToParent(really);
    if (work.unblock.length > 0) native.maskThread(SIG_UNBLOCK, [...work.unblock]);
    if (really) watchParent();
    const before = init === undefined ? undefined : init(work.slot);
    const done = isPromise(before) ? settle(before).then(() => begin(work, port)) : begin(work, port);
    if (isPromise(done)) goOn(me, done);
    else end(port.failed ? UNCAUGHT : 0, really);
  } catch (error) {
    if (!really) throw error;
    me.fail(error, UNCAUGHT);
  } finally {
    if (!really) own = above;
  }
}

function goOn(me: Own, work: PromiseLike<unknown>): void {
  settle(work).then(
    () => end(me.port.failed ? UNCAUGHT : 0),
    (error) => me.fail(error, UNCAUGHT),
  );
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
  if (startsCovered || self.env.NODE_V8_COVERAGE !== undefined) leave = leaveCovered;
}

/** To wait for it the event loop will turn, with the parent's timers in it. */
export function settle<T>(promise: PromiseLike<T>): Promise<T> {
  if (own !== undefined && !own.loopTurns) turnLoop(own);
  return Promise.resolve(promise);
}

function turnLoop(me: Own): void {
  me.loopTurns = true;
  silenceTimers();
  if (!me.errorsAreAnswers) return;
  self.prependListener('uncaughtException', answerUncaught).prependListener('beforeExit', answerUnsettled);
}

/** The parent's listeners are gone: if there are others, the function has set them to handle it. */
const answerUncaught = (error: unknown) => {
  if (self.listenerCount('uncaughtException') === 1) own?.fail(error, UNCAUGHT);
};
const answerUnsettled = () => own?.fail(unsettled(), UNSETTLED);

/** From here on errors are printed, and listeners run, as in any program. */
export function endAsAnyProgram(): void {
  if (own !== undefined) own.errorsAreAnswers = false;
  self.off('uncaughtException', answerUncaught).off('beforeExit', answerUnsettled);
}

/** In a child of fork(), below a pool child: its errors are not the pool child's answer. */
function forgetWork(inChild: boolean): void {
  if (!inChild || own === undefined || own.port.isParents) return;
  own.port.isParents = true;
  endAsAnyProgram();
}

/** Without 'exit' listeners, once what was printed is out. */
function end(code: number, really = true): void {
  if (!really) return;
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
