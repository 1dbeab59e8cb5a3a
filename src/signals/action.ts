// What a signal does when it is delivered.

import { check, codedError } from '../errors.js';
import { native } from '../native.js';
import { recorder, SIGNAL } from '../trace/recorder.js';
import { type Signal, signalName, signalNumber } from '../validate.js';
import { noteDisposition } from './on-purpose.js';

/** 'handler': something of this process is called, such as a listener of process.on(). */
export type Disposition = 'default' | 'ignore' | 'handler';

/** As the native side numbers them. */
const DISPOSITIONS: readonly Disposition[] = ['default', 'ignore', 'handler'];

/**
 * Has a signal do what it does by default, or nothing. For a handler, use process.on(); listeners that are there when
 * this is called hear no more of the signal until they are all removed and added again. Forked children have the same
 * disposition; the program that exec brings has it, too, but default for 'handler'.
 *
 * While SIGCHLD is ignored, children leave no zombies: wait() waits for the last one and then throws ECHILD, and
 * child_process does not hear how its programs end. See sigaction(2).
 *
 * @param signal a name or a number.
 * @param disposition 'default' or 'ignore'.
 * @returns the disposition as it was.
 * @throws EINVAL: SIGKILL or SIGSTOP, whose disposition cannot be changed; 32 or 33 on Linux, which the C library keeps.
 *   ERR_INVALID_ARG_VALUE: another word. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
 */
export function sigaction(signal: Signal, disposition: 'default' | 'ignore'): Disposition {
  const number = signalNumber('signal', signal);
  if (disposition !== 'default' && disposition !== 'ignore') {
    throw codedError(
      new TypeError(
        `The argument "disposition" must be 'default' or 'ignore'; a handler is a listener of process.on(). ` +
          `Received ${typeof disposition === 'string' ? JSON.stringify(disposition) : typeof disposition}`,
      ),
      'ERR_INVALID_ARG_VALUE',
    );
  }
  const old = getdisposition(number);
  check('sigaction', native.setDisposition(number, disposition === 'ignore' ? 1 : 0), { signal });
  noteDisposition(signalName(number), disposition);
  return old;
}

/**
 * What a signal does now. See sigaction(2).
 *
 * @param signal a name or a number.
 * @returns 'handler' also for the signals that Node itself handles, such as SIGINT and SIGTERM.
 * @throws EINVAL: 32 or 33 on Linux. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no signal.
 */
export function getdisposition(signal: Signal): Disposition {
  const number = signalNumber('signal', signal);
  return DISPOSITIONS[check('sigaction', native.getDisposition(number), { signal })] as Disposition;
}

/**
 * Sends a signal to the calling thread; not blocked, it has done its work when the call returns, but for listeners of
 * process.on(), which run at the next turn of the event loop. See raise(3).
 *
 * @param signal a name or a number.
 * @throws EINVAL: 32 or 33 on Linux, which the C library keeps. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE:
 *   no signal.
 */
export function raise(signal: Signal): void {
  const number = signalNumber('signal', signal);
  const noted = recorder?.note(SIGNAL, native.getpid(), number);
  const result = native.raise(number);
  if (result < 0) recorder?.cancel(noted);
  check('raise', result, { signal });
}
