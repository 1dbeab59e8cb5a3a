// The package's timers. They are of the process that started them: in a child of fork() they would do nothing, and keep it
// alive.

import { clearTimeout, setTimeout } from '../timers.js';
import { repairInChildren } from './repair.js';

const pending = new Set<NodeJS.Timeout>();

/** setTimeout(). */
export function startTimer(call: () => void, milliseconds: number): NodeJS.Timeout {
  const timer = setTimeout(() => {
    pending.delete(timer);
    call();
  }, milliseconds);
  pending.add(timer);
  repairInChildren(forgetTimers);
  return timer;
}

/** clearTimeout(). */
export function stopTimer(timer: NodeJS.Timeout | undefined): void {
  if (timer === undefined) return;
  pending.delete(timer);
  clearTimeout(timer);
}

function forgetTimers(inChild: boolean): void {
  if (!inChild) return;
  for (const timer of pending) stopTimer(timer);
}
