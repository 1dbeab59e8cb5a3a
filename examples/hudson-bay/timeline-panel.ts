import type { Child } from './evaluate-forked.js';
import { type Box, COLOURS, element, line, scale, text, ticks } from './svg.js';

/** Neighbouring generations differ in shade, which shows the moments when all wait for the last child. */
const SHADES = ['#3d5a73', '#a9bfd1'];

/** Lanes that are lower than a line of text share labels. */
const LABEL_HEIGHT = 18;

/** High enough for a readable lane per slot, within reason. */
export function timelineHeight(slots: number): number {
  return Math.min(400, Math.max(100, slots * 24));
}

/** The life of every child of the run, a lane to a slot; `started` and `milliseconds` delimit the run. */
export function timelinePanel(
  children: readonly Child[],
  run: { readonly started: number; readonly milliseconds: number },
  slots: number,
  { left, top, width, height }: Box,
): string {
  const seconds = run.milliseconds / 1000;
  const x = scale(0, seconds, left, left + width);
  const lane = height / slots;
  const gap = Math.min(4, lane / 5);

  const labels = Array.from({ length: slots }, (_, slot) => slot)
    .filter((slot) => slot % Math.ceil(LABEL_HEIGHT / lane) === 0)
    .map((slot) => text(left - 10, top + (slot + 0.5) * lane + 5, `slot ${slot}`, { 'text-anchor': 'end' }));
  const bars = children.map(({ slot, generation, started, reaped }) => {
    const from = x((started - run.started) / 1000);
    return element('rect', {
      x: from,
      y: top + slot * lane + gap / 2,
      width: x((reaped - run.started) / 1000) - from,
      height: lane - gap,
      fill: SHADES[generation % SHADES.length] ?? COLOURS.ink,
      stroke: '#ffffff',
      'stroke-width': 0.5,
    });
  });
  const axis = [
    line(left, top + height, left + width, top + height, COLOURS.ink),
    ...ticks(seconds).flatMap((value) => [
      line(x(value), top + height, x(value), top + height + 5, COLOURS.ink),
      text(x(value), top + height + 22, `${value} s`, { 'text-anchor': 'middle' }),
    ]),
  ];
  return [...labels, ...bars, ...axis].join('\n');
}
