// The lines between a process and others: from its parent at the fork, and to who has reaped it.

import { findAt } from '../find-at.js';
import type { TraceProcess } from '../processes.js';
import { element, path } from './elements.js';
import { parentOf } from './lanes.js';
import type { Layout } from './layout.js';

export function branches(process: TraceProcess, layout: Layout): { lines: string; marks: string } {
  let [lines, marks] = ['', ''];
  const join = (other: TraceProcess, time: number, line: string, mark: string) => {
    const [x, y, from] = [layout.x(time), layout.y(process), layout.y(other)];
    const edge = from + Math.sign(y - from) * layout.half;
    lines += path(['M', x, edge, 'V', y], line);
    marks += element('circle', { class: mark, cx: x, cy: edge, r: layout.crowded ? 1.5 : 2.5 });
  };
  const parent = parentOf(process, layout.record.processes);
  if (parent) join(parent, process.started, 'fork', 'dot');
  const reaper = reaperOf(process, layout);
  if (reaper && process.reaped !== null) join(reaper, process.reaped, 'reap', 'ring');
  return { lines, marks };
}

function reaperOf({ pid, reaped }: TraceProcess, { record }: Layout): TraceProcess | undefined {
  if (reaped === null) return undefined;
  const reap = record.events.find(
    (event) => event.type === 'reap' && event.child === pid && event.time === reaped,
  );
  return reap && findAt(reap.pid, reap.time, record.processes);
}
