// A process as a bar: its life, the waits in it, what it became, and its time as a zombie.

import type { TraceProcess } from '../processes.js';
import { element, escaped, line } from './elements.js';
import type { Box, Labels } from './labels.js';
import type { Layout } from './layout.js';
import { SLOT_COLOURS } from './style.js';
import { duration as inWords } from './ticks.js';

export function life(
  process: TraceProcess,
  layout: Layout,
  labels: Labels,
): { shapes: string; label: string } {
  const { pid, started, ended, reaped, end, slot, waits, exec } = process;
  const over = ended ?? layout.record.duration;
  const { half } = layout;
  const [from, to, y] = [layout.x(started), layout.x(over), layout.y(process)];
  const box = { y: y - half, height: 2 * half };
  const colour = slot === null ? '' : ` slot${slot % SLOT_COLOURS}`;
  const tip = `${pid}: ${inWords(Number((over - started).toPrecision(4)), over - started)}${end && `, ${end}`}`;
  const shapes = [
    element(
      'rect',
      { class: `life${colour}`, x: from, width: Math.max(1, to - from), ...box },
      element('title', {}, escaped(tip)),
    ),
    ...waits.flatMap(({ from: began, to: done }) => {
      const area = { x: layout.x(began), width: layout.x(done) - layout.x(began), ...box };
      if (area.width < 0.3) return [];
      return [
        element('rect', { class: 'ground', ...area }),
        element('rect', { fill: 'url(#hatch)', ...area }),
      ];
    }),
  ];
  if (reaped !== null && layout.x(reaped) - to > 1) shapes.push(line(to, y, layout.x(reaped), y, 'zombie'));
  if (exec === null) return { shapes: shapes.join(''), label: '' };
  const x = layout.x(exec.time);
  shapes.push(line(x, y - half, x, y + half, 'end'));
  const label = labels.place({ content: `exec ${exec.program}`, right: x + 4, left: x - 4, y });
  return { shapes: shapes.join(''), label };
}

/**
 * How it ended; in a crowd, only of those that failed. Behind the end of its bar and before the next one in its lane, or else
 * in its bar.
 */
export function end(process: TraceProcess, layout: Layout, labels: Labels, apart: readonly Box[]): string {
  const { started, ended, reaped, end: content } = process;
  if (ended === null || (layout.crowded && content === 'exit 0')) return '';
  const y = layout.y(process);
  const width = labels.widthOf(content);
  const behind = layout.x(Math.max(ended, reaped ?? 0)) + 6;
  const next = layout.next(process);
  if (next === undefined || behind + width <= layout.x(next.started)) {
    return labels.place({ content, right: behind, y, apart });
  }
  const inside = layout.x(ended) - 4 - width;
  return inside > layout.x(started) + 2 ? labels.place({ content, right: inside, y, apart }) : '';
}
