import type { Pelts } from './data.js';
import type { Child } from './evaluate-forked.js';
import { decode } from './parameters.js';
import { peltsPanel } from './pelts-panel.js';
import type { Run } from './report.js';
import { element, text } from './svg.js';
import { timelineHeight, timelinePanel } from './timeline-panel.js';

const WIDTH = 1000;
const LEFT = 84;
const RIGHT = 30;

export interface PictureOptions {
  pelts: readonly Pelts[];
  run: Run;
  /** Who did the work; none after a serial run, and then there is no timeline. */
  children: readonly Child[];
  slots: number;
}

/** The whole picture as an SVG document: the fit above, below it the children that computed it. */
export function drawPicture({ pelts, run, children, slots }: PictureOptions): string {
  const curves = { left: LEFT, top: 122, width: WIDTH - LEFT - RIGHT, height: 330 };
  const heading = 540;
  const lanes = { ...curves, top: heading + 46, height: timelineHeight(slots) };
  const parts = [
    text(LEFT, 44, 'Hare and lynx in the books of the Hudson’s Bay Company', {
      'font-size': 26,
      'font-weight': 'bold',
    }),
    text(
      LEFT,
      70,
      `Lotka-Volterra equations, sum of squared logarithmic errors ${run.best.fitness.toFixed(4)}`,
    ),
    peltsPanel(pelts, decode(run.best.individual), curves),
  ];
  if (children.length > 0) {
    parts.push(
      text(LEFT, heading, `The ${children.length} children that found it`, {
        'font-size': 20,
        'font-weight': 'bold',
      }),
      text(
        LEFT,
        heading + 24,
        'The whole run: a bar is a child, from fork() to the waitpid() that reaped it; shade by generation.',
      ),
      timelinePanel(children, run, slots, lanes),
    );
  }
  const height = children.length > 0 ? lanes.top + lanes.height + 40 : heading - 40;
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: WIDTH,
      height,
      'font-family': 'Helvetica, Arial, sans-serif',
    },
    // A background of its own, for viewers that put pictures on black.
    `\n${[element('rect', { width: WIDTH, height, fill: '#ffffff' }), ...parts].join('\n')}\n`,
  )}\n`;
}
