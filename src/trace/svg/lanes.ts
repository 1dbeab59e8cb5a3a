// Which process is drawn where: below its parent, in the order of birth.

import { findAt } from '../find-at.js';
import type { TraceProcess } from '../processes.js';

export interface Lane {
  readonly processes: TraceProcess[];
  /** How many ancestors it has in the picture. */
  readonly depth: number;
}

/** With more processes than this, children of one parent that lived one after the other share a lane, as in slots. */
const ALL_APART = 64;

export function lanesOf(processes: readonly TraceProcess[], duration: number): Lane[] {
  const share = processes.length > ALL_APART;
  const children = new Map<TraceProcess | undefined, TraceProcess[]>();
  for (const process of processes) {
    const parent = parentOf(process, processes);
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const lanes: Lane[] = [];
  const place = (process: TraceProcess, depth: number): void => {
    lanes.push({ processes: [process], depth });
    placeAll(children.get(process) ?? [], depth + 1);
  };
  const placeAll = (siblings: readonly TraceProcess[], depth: number): void => {
    const shared: Lane[] = [];
    for (const process of siblings) {
      if (!share || children.has(process)) {
        place(process, depth);
        continue;
      }
      const free = shared.find(({ processes }) => fits(process, processes.at(-1), duration));
      if (free) {
        free.processes.push(process);
      } else {
        const lane = { processes: [process], depth };
        shared.push(lane);
        lanes.push(lane);
      }
    }
    // A slot's children come together, and the slots in their order.
    const first = shared[0];
    if (first) {
      const at = lanes.indexOf(first);
      const others = lanes.slice(at).filter((lane) => !shared.includes(lane));
      shared.sort((one, other) => slotOf(one) - slotOf(other));
      lanes.splice(at, lanes.length, ...shared, ...others);
    }
  };
  placeAll(children.get(undefined) ?? [], 0);
  return lanes;
}

const slotOf = ({ processes }: Lane) => processes[0]?.slot ?? -1;

function fits(process: TraceProcess, last: TraceProcess | undefined, duration: number): boolean {
  if (last === undefined || last.slot !== process.slot) return false;
  return (last.reaped ?? last.ended ?? duration) <= process.started;
}

/** The process of that pid that lived when this one was born. */
export function parentOf(
  process: TraceProcess,
  processes: readonly TraceProcess[],
): TraceProcess | undefined {
  return findAt(process.ppid, process.started, processes);
}
