// CHILD SPEED: the same work in a forked child, and in a Node process that was started plainly.

import { type Row, ratio, type Section } from './report';
import { runWorker } from './run';
import { interleave, median } from './stats';
import { type Kind, WORK } from './work';

const TARGET = 1.1;

export function childSpeed(rounds: number): Section {
  const rows = (Object.keys(WORK) as Kind[]).map((kind): Row => {
    const times = interleave(rounds, {
      plain: () => runWorker<number>('child-speed-worker', 'plain', kind),
      forked: () => runWorker<number>('child-speed-worker', 'forked', kind),
    });
    const values = { plain: median(times.plain), forked: median(times.forked) };
    return { name: kind, values, ratios: [ratio(values, 'forked', 'plain', TARGET)] };
  });
  return {
    title: 'Child speed: CPU-bound work in a forked child, against a plain Node process',
    rows,
    notes: [`medians of ${rounds} fresh processes each; the work is cold in both, and is run once`],
  };
}
