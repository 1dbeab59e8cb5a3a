// SIGINT and SIGTERM of the parent, while pools have children: they end the children first, and then do what they would
// have done without us. With nothing running no listener is there, so that nothing of this is seen.

import { native } from '../native.js';

/** What has children to be ended. */
export interface Interruptible {
  /** Ends all children, and starts no more. Resolves when they have ended. */
  interrupt(signal: NodeJS.Signals): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const holders = new Set<Interruptible>();

/** From its first child on. */
export function holdInterrupts(holder: Interruptible): void {
  // First in the list, and so before a once() of the program's has taken itself out of it.
  if (holders.size === 0) for (const signal of SIGNALS) process.prependListener(signal, interrupted);
  holders.add(holder);
}

/** When its last child has ended. */
export function releaseInterrupts(holder: Interruptible): void {
  if (!holders.delete(holder) || holders.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, interrupted);
}

function interrupted(signal: NodeJS.Signals): void {
  const programHasListeners = process.listenerCount(signal) > 1;
  const ends = [...holders].map((holder) => holder.interrupt(signal));
  if (programHasListeners) return;
  void Promise.allSettled(ends).then(() => {
    for (const one of SIGNALS) process.off(one, interrupted);
    process.kill(native.getpid(), signal);
  });
}

/** In any child: the pools are the parent's, and signals are the child's own. */
export function forgetInterrupts(inChild: boolean): void {
  if (!inChild || holders.size === 0) return;
  holders.clear();
  for (const signal of SIGNALS) process.off(signal, interrupted);
}
