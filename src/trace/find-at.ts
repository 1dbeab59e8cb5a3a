// Which of the processes that had one pid is meant.

import type { TraceProcess } from './processes.js';

/** The process of that pid that lived then, or the last one that had; undefined: it is not in the trace. */
export function findAt(
  pid: number,
  time: number,
  processes: readonly TraceProcess[],
): TraceProcess | undefined {
  return processes.findLast((process) => process.pid === pid && process.started <= time);
}
