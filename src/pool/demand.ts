// Which call gets the next slot.

import type { Call, Calls } from './calls.js';
import type { Children } from './children.js';
import type { Job } from './job.js';

/** Of all slots that are free, the first that a job wants: one that has had no child yet comes before those that have. */
export function nextWanted(
  calls: Calls,
  slots: number,
  children: Pick<Children, 'isFree'>,
): { slot: number; call: Call } | undefined {
  for (let slot = 0; slot < slots; slot++) {
    if (!children.isFree(slot)) continue;
    let next: Call | undefined;
    for (const call of calls) {
      if (next !== undefined && !call.waiting) continue;
      if (!call.job.wants(slot)) continue;
      next = call;
      if (call.waiting) break;
    }
    if (next) return { slot, call: next };
  }
  return undefined;
}

/** Whether another job than `holder` wants one of the slots, all of which are taken. */
export function isWanted(calls: Calls, slots: number, holder: Job): boolean {
  for (const { job } of calls) {
    if (job === holder) continue;
    for (let slot = 0; slot < slots; slot++) if (job.wants(slot)) return true;
  }
  return false;
}
