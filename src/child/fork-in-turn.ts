// A fork from a turn of the event loop of its own, so that nothing of the program is below it on the stack. While fork()
// refuses, the loop has half of the time.

import { onAbort } from '../aborts.js';
import { abortError } from '../errors.js';
import { native } from '../native.js';
import { now, setImmediate } from '../timers.js';
import { busy, isBusy } from './errors.js';
import { Patience } from './patience.js';
import { startTimer, stopTimer } from './timers.js';

/** Until when this process lets its loop turn before it tries again, whichever call was refused. */
let rest = { owner: 0, until: 0 };

/**
 * @param fork is given the milliseconds that it may wait.
 * @param timeout how long it may be refused for what goes on beside the main thread.
 * @param fail what comes of it otherwise; not called in a child.
 */
export function forkInTurn(
  fork: (wait: number) => void,
  timeout: number,
  signal: AbortSignal | undefined,
  fail: (error: unknown) => void,
): void {
  const owner = native.getpid();
  const patience = new Patience(timeout);
  const call = {};
  const turn = () => {
    if (native.getpid() !== owner) return; // a fork before this one has copied the call
    try {
      if (signal?.aborted) throw abortError(signal);
      if (isResting()) refused();
      else fork(patience.try);
    } catch (error) {
      if (isBusy(error)) refused();
      else fail(error);
    }
  };
  const refused = () => {
    const { over, rest } = patience.refused([call]);
    if (over.length > 0) fail(busy(timeout));
    else waitFor(beginRest(rest));
  };
  const waitFor = (milliseconds: number) => {
    const again = () => {
      stopTimer(timer);
      release();
      setImmediate(turn);
    };
    const timer = startTimer(again, milliseconds);
    const release = onAbort(signal, again);
  };
  setImmediate(turn);
}

function isResting(): boolean {
  return rest.owner === native.getpid() && now() < rest.until;
}

/** Or joins the one that goes on; returns the milliseconds that are left of it. */
function beginRest(milliseconds: number): number {
  if (!isResting()) rest = { owner: native.getpid(), until: now() + milliseconds };
  return Math.ceil(rest.until - now());
}
