// Who has called forkChild, run, map or each. Their errors come about a turn of the event loop later, when the stack tells of
// this package alone.

import { basename } from 'node:path';
import { hidden } from './errors.js';

/** Where this package's code is: its frames say nothing to the caller. In a bundle, the caller's are in the same file. */
const OURS = basename(__filename).startsWith('call-site.') ? __dirname : undefined;

const isOurs = (frame: string) => OURS !== undefined && frame.includes(OURS);

/** A stack without the frames of this package, and those of Node's below them; as it is, where there are no others. */
export function withoutOurs(stack: string): string {
  let belowOurs = false;
  let frames = 0;
  const theirs = stack.split('\n').filter((line) => {
    if (!/^ +at /.test(line)) return true; // of the message
    belowOurs = isOurs(line) || (belowOurs && /[ (]node:/.test(line));
    if (!belowOurs) frames++;
    return !belowOurs;
  });
  return frames > 0 ? theirs.join('\n') : stack;
}

export class CallSite {
  readonly #here: { stack?: unknown } = {};

  constructor() {
    Error.captureStackTrace(this.#here, CallSite);
  }

  /** Of an error that the parent makes: with the stack of the call instead of its own. */
  sign<E extends Error>(error: E): E {
    const frames = this.#frames();
    if (frames === undefined) return error;
    forgetPlace(error);
    hidden(error, 'stack', [`${error.name}: ${error.message}`, ...frames].join('\n'));
    return error;
  }

  /** Of one that comes from elsewhere, such as a child: the call's stack follows on its own. Frozen, or no error: as it is. */
  continue<E>(error: E): E {
    try {
      const frames = this.#frames();
      if (error instanceof Error && frames !== undefined) {
        hidden(error, 'stack', [error.stack ?? '', ...frames].join('\n'));
      }
    } catch {
      // A program may throw what throws when it is looked at.
    }
    return error;
  }

  /** undefined: Error.prepareStackTrace of the program's makes something else of them. */
  #frames(): string[] | undefined {
    const { stack } = this.#here;
    if (typeof stack !== 'string') return undefined;
    return stack
      .split('\n')
      .slice(1)
      .filter((frame) => !isOurs(frame));
  }
}

/** Where an error was made: a line of this package, which Node would show when nobody catches it. Its stack is lost, too. */
export function forgetPlace(error: Error): void {
  const { stackTraceLimit } = Error;
  if (!Reflect.set(Error, 'stackTraceLimit', 0)) return; // frozen
  Error.captureStackTrace(error);
  Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
}
