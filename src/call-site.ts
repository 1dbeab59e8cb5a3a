// Who has called forkChild, run, map or each. Their errors come about a turn of the event loop later, when the stack tells of
// this package alone.

import { sep } from 'node:path';
import { hidden } from './errors.js';
import { isBundled } from './native.js';

/** Where this package's code is: its frames say nothing to the caller. In a bundle of the program's, those of both are in one file. */
const OURS = isBundled() ? undefined : __dirname + sep;

const isFrame = (line: string) => /^ +at /.test(line);
const isOurs = (frame: string) => OURS !== undefined && frame.includes(OURS);

/** Lines of a stack without the frames of this package, and those of Node's below them. */
function theirs(lines: readonly string[]): string[] {
  let belowOurs = false;
  return lines.filter((line) => {
    if (!isFrame(line)) return true; // of the message
    belowOurs = isOurs(line) || (belowOurs && /[ (]node:/.test(line));
    return !belowOurs;
  });
}

/** The same of a whole one; as it is, where there are no other frames. */
export function withoutOurs(stack: string): string {
  const lines = theirs(stack.split('\n'));
  return lines.some(isFrame) ? lines.join('\n') : stack;
}

function beginsInOurs(stack: string): boolean {
  const first = stack.split('\n').find(isFrame);
  return first !== undefined && isOurs(first);
}

export class CallSite {
  /** V8's, and what a program's Error.prepareStackTrace makes of it. */
  declare readonly stack?: unknown;

  /** @param callee the function of ours that the program has called; without it, our own frames are kept until the stack is read. */
  constructor(callee: (...args: never[]) => unknown = CallSite as never) {
    Error.captureStackTrace(this, callee);
  }

  /** Of an error that the parent makes: with the stack of the call instead of its own. */
  sign<E extends Error>(error: E): E {
    const frames = this.#frames();
    if (frames === undefined) return error;
    forgetPlace(error);
    hidden(error, 'stack', [`${error.name}: ${error.message}`, ...frames].join('\n'));
    return error;
  }

  /**
   * Of one that comes from elsewhere, such as a child or a hook of the program's: the call's stack follows on its own. Frozen, or
   * no error: as it is.
   */
  continue<E>(error: E): E {
    try {
      const frames = this.#frames();
      if (error instanceof Error && frames !== undefined) {
        const stack = error.stack ?? '';
        if (beginsInOurs(stack)) forgetPlace(error);
        hidden(error, 'stack', withoutOurs([stack, ...frames].join('\n')));
      }
    } catch {
      // A program may throw what throws when it is looked at.
    }
    return error;
  }

  /** undefined: Error.prepareStackTrace of the program's makes something else of them. */
  #frames(): string[] | undefined {
    const { stack } = this;
    if (typeof stack !== 'string') return undefined;
    return theirs(stack.split('\n').slice(1));
  }
}

/** Where an error was made: a line of this package, which Node would show when nobody catches it. Its stack is lost, too. */
export function forgetPlace(error: Error): void {
  const { stackTraceLimit } = Error;
  if (!Reflect.set(Error, 'stackTraceLimit', 0)) return; // frozen
  Error.captureStackTrace(error);
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
}
