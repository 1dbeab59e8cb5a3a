// Who has called forkChild, run, map or each. Their errors come about a turn of the event loop later, when the stack tells of
// this package alone.

import { hidden } from './errors.js';

/** Where this package's code is: its frames say nothing to the caller. */
const OURS = __dirname;

export class CallSite {
  readonly #here: { stack?: unknown } = {};

  constructor() {
    Error.captureStackTrace(this.#here, CallSite);
  }

  /** Of an error that the parent makes: with the stack of the call instead of its own. */
  sign<E extends Error>(error: E): E {
    return this.#put(error, `${error.name}: ${error.message}`);
  }

  /** Of one that comes from elsewhere, such as a child: the call's stack follows on its own. */
  continue<E extends Error>(error: E): E {
    return this.#put(error, error.stack ?? '');
  }

  #put<E extends Error>(error: E, above: string): E {
    const { stack } = this.#here;
    if (typeof stack !== 'string') return error; // Error.prepareStackTrace of the program's makes something else
    const frames = stack.split('\n').slice(1);
    const theirs = frames.filter((frame) => !frame.includes(OURS));
    hidden(error, 'stack', [above, ...theirs].join('\n'));
    return error;
  }
}
