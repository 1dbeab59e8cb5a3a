// What the lives are read against: names at the left, and the time below.

import type { TraceProcess } from '../processes.js';
import { line, text } from './elements.js';
import { END, FONT, type Layout, TOP } from './layout.js';
import { duration as inWords, ticks } from './ticks.js';

export function timeAxis(layout: Layout): string[] {
  const { duration } = layout.record;
  const base = layout.bottom + 6;
  const marks = ticks(duration, 8).flatMap((time) => {
    const x = layout.x(time);
    const label = { class: 'soft', 'font-size': FONT, 'text-anchor': 'middle' };
    return [
      line(x, TOP - 4, x, base, 'guide'),
      line(x, base, x, base + 5, 'axis'),
      text(x, base + 19, inWords(time, duration), label),
    ];
  });
  return [...marks, line(layout.left, base, END, base, 'axis')];
}

export function names(layout: Layout): string[] {
  const { lanes, lane: height, font, left } = layout;
  const every = Math.ceil(font / height);
  return lanes.flatMap((lane, row) => {
    const y = layout.y(lane.processes[0] as TraceProcess);
    const guide = line(left, y, END, y, 'guide');
    if (row % every !== 0) return [guide];
    return [text(layout.indent(lane), y + font * 0.35, layout.nameOf(lane), { 'font-size': font }), guide];
  });
}
