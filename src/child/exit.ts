// A forked child cannot go through the end of Node's main function, where threads are joined that exist in the parent
// alone. All other ends lead to process.reallyExit, and from there to _exit (native/runtime/exit.h). The natural end,
// with nothing left to do, is sent the same way: once all 'exit' listeners have run, when the code is known. A listener that
// throws comes past that, if the program catches its error: then a cleanup hook leaves, the first thing that Node's shutdown runs.

import { isMainThread } from 'node:worker_threads';
import { native } from '../native.js';
import { rehearseExitAtOnce } from '../posix/process.js';
import { self } from '../self.js';
import { nextTick } from '../timers.js';
import { EXIT, recorder } from '../trace/recorder.js';
import { flushOutput } from './output.js';
import { Rehearsal } from './rehearsal.js';

/**
 * At load, and not in the child: a program may fork from inside an 'exit' listener, with the emitting call below it on
 * the stack. In a process that was not forked it changes nothing.
 */
export function endThroughOneDoor(isForkedChild: () => boolean): void {
  if (!isMainThread) return; // a Worker ends by itself, also in a child
  const emit = self.emit;
  let dying = false;
  // A program may well emit 'exit' by hand, and go on.
  const leaves = (emitter: unknown, event: string) =>
    event === 'exit' && emitter === self && isExiting() && !dying && isForkedChild();
  const emitAndLeave = function (this: NodeJS.Process, event: string, ...args: unknown[]): boolean {
    const really = event !== REHEARSAL;
    if (leaves(this, event) || !really) leaveAtCleanup(exitCode(args), really);
    const handled = Reflect.apply(really ? emit : nobody, this, [event, ...args]) as boolean;
    if (event === 'uncaughtException' && !handled) {
      // What follows, at once, is 'exit', and then Node prints the error and ends the process by itself.
      dying = true;
      nextTick(() => {
        dying = false; // it was the program itself that emitted
      });
    }
    if (event === 'exit' && this === self && isExiting()) recorder?.note(EXIT, exitCode(args));
    // Asked again: the fork may have been made by a listener.
    if (leaves(this, event) || !really) leave(exitCode(args), really);
    return handled;
  };
  rehearsed = () => {
    emitAndLeave.call(self, REHEARSAL, 0);
    isForkedChild();
  };
  Object.defineProperty(self, 'emit', {
    value: emitAndLeave,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

function leaveAtCleanup(code: number, really: boolean): void {
  const { leaveAtCleanup } = native;
  if (really) leaveAtCleanup(code);
}

function leave(code: number, really: boolean): void {
  if (flushes && really) flushOutput();
  const { reallyExit } = self;
  Reflect.apply(really ? reallyExit : nobody, self, [code]);
}

const nobody = () => false;

let rehearsed = () => {};
/** An event that nobody hears of, nor who stands in the place of process.emit. */
const REHEARSAL = 'just-fork: a rehearsal';

const rehearsal = new Rehearsal(() => {
  rehearsed();
  flushAtExit(false);
  isExiting();
  rehearseExitAtOnce();
});

/** In the parent, before it forks. */
export function rehearseExit(): void {
  rehearsal.run();
}

let flushes = false;

/** What the 'exit' listeners print is to come out, too. No listener of ours: Node takes more than ten for a leak. */
export function flushAtExit(flush: boolean): void {
  flushes ||= flush;
}

/** Node has begun to end the process. */
export function isExiting(): boolean {
  return (self as { _exiting?: boolean })._exiting === true;
}

/** A listener may have set the code; else it is the one that Node announces. */
function exitCode(args: unknown[]): number {
  return Number(self.exitCode ?? args[0] ?? 0);
}

declare global {
  namespace NodeJS {
    interface Process {
      /** Ends the process without an 'exit' event; Node's own, undocumented, and where process.exit ends. */
      reallyExit(code: number): never;
    }
  }
}
