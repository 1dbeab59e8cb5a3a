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
  const leaves = (really: boolean) => !dying && (isForkedChild() || !really);
  const emitAndLeave = function (this: NodeJS.Process, event: string, ...args: unknown[]): boolean {
    const really = this !== REHEARSED;
    const isEnd = event === 'exit' && endsProcess(this);
    if (isEnd && leaves(really)) leaveAtCleanup(exitCode(args), really);
    const handled = Reflect.apply(really ? emit : nobody, this, [event, ...args]) as boolean;
    if (event === 'uncaughtException' && !handled) {
      // What follows, at once, is 'exit', and then Node prints the error and ends the process by itself.
      dying = true;
      nextTick(() => {
        dying = false; // it was the program itself that emitted
      });
    }
    if (isEnd && really) recorder?.note(EXIT, exitCode(args));
    // Asked again: the fork may have been made by a listener.
    if (isEnd && leaves(really)) leave(exitCode(args), really);
    return handled;
  };
  rehearsed = () => emitAndLeave.call(REHEARSED, 'exit', 0);
  Object.defineProperty(self, 'emit', {
    value: emitAndLeave,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

/** A program may well emit 'exit' by hand, and go on. A rehearsal looks at all that a child looks at. */
function endsProcess(emitter: NodeJS.Process): boolean {
  const exiting = isExiting();
  return (emitter === self && exiting) || emitter === REHEARSED;
}

/** Emits for a rehearsal, and nobody listens to it. */
const REHEARSED = {} as NodeJS.Process;

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

let rehearsed = nobody;

const rehearsal = new Rehearsal(() => {
  rehearsed();
  flushAtExit(false);
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
