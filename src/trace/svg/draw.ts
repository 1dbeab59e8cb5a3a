// A trace as a picture: a lane a process, and time from left to right.

import type { TraceRecord } from '../trace.js';
import { names, timeAxis } from './axes.js';
import { branches } from './branches.js';
import { element, escaped, line, text } from './elements.js';
import { Labels } from './labels.js';
import { FONT, Layout, WIDTH } from './layout.js';
import { legend } from './legend.js';
import { end, life } from './lives.js';
import { arrows, headOf, shape, names as signalNames } from './signals.js';
import { STYLE } from './style.js';
import { duration as inWords } from './ticks.js';

export function drawTrace(record: TraceRecord): string {
  const { processes } = record;
  const layout = new Layout(record);
  const labels = new Labels(layout.font);
  const height = layout.bottom + 78;
  const signals = arrows(layout);
  const heads = signals.map(headOf);
  // Labels take their places in this order; they are drawn last, over all else.
  const ends = processes.map((process) => end(process, layout, labels, heads));
  const said = signalNames(signals, labels);
  const lives = processes.map((process) => life(process, layout, labels));
  const joints = processes.map((process) => branches(process, layout));
  const faint = { opacity: layout.crowded ? 0.4 : undefined };
  return picture(titleOf(record), height, [
    ...heading(record),
    ...timeAxis(layout),
    ...names(layout),
    element('g', faint, joints.map(({ lines }) => lines).join('')),
    ...lives.map(({ shapes }) => shapes),
    ...joints.map(({ marks }) => marks),
    ...signals.map(shape),
    ...lives.map(({ label }) => label),
    ...ends,
    ...said,
    legend(16, height - 14, WIDTH),
  ]);
}

function titleOf({ processes, duration }: TraceRecord): string {
  const count = processes.length === 1 ? '1 process' : `${processes.length} processes`;
  return `${count}, ${inWords(Number(duration.toPrecision(3)), duration)}`;
}

function heading(record: TraceRecord): string[] {
  const title = text(16, 26, titleOf(record), { 'font-size': 15, 'font-weight': 600 });
  if (record.lost === 0) return [title];
  const lost = `${record.lost} events are missing: the trace was full`;
  return [title, text(WIDTH - 16, 26, lost, { 'font-size': FONT, 'text-anchor': 'end' })];
}

/** What waits are filled with. */
const HATCH = element(
  'pattern',
  { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
  line(0, 0, 0, 5, 'hatch'),
);

function picture(title: string, height: number, content: string[]): string {
  const parts = [
    element('title', {}, escaped(title)),
    element('style', {}, STYLE),
    element('defs', {}, HATCH),
    element('rect', { class: 'paper', width: WIDTH, height }),
    ...content.filter((part) => part !== ''),
  ];
  const size = { width: WIDTH, height: Math.ceil(height) };
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    ...size,
    role: 'img',
  };
  return `${element('svg', attributes, `\n${parts.join('\n')}\n`)}\n`;
}
