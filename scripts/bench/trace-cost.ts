// TRACE COST: what one event adds to the call that it tells of.

import type { Section } from './report';
import { runWorker } from './run';
import { interleave, median } from './stats';

export function traceCost(rounds: number): Section {
  const times = interleave(rounds, {
    plain: () => runWorker<number>('trace-cost-worker', 'plain'),
    traced: () => runWorker<number>('trace-cost-worker', 'traced'),
  });
  const values = { plain: median(times.plain), traced: median(times.traced) };
  return {
    title: 'Trace: 1,000 calls of kill(), plain and with a trace that runs',
    rows: [{ name: 'kill', values, ratios: [] }],
    notes: ['the difference, as it stands, is microseconds for an event; the aim is 5'],
  };
}
