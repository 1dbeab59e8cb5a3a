// SERVER: what clients of the example prefork-server notice of a rolling reload, and of a killed child.

import type { Row, Section } from '../report';
import { runWorker } from '../run';
import { median } from '../stats';
import type { Event, Load } from './worker';

const EVENTS: Record<Event, string> = {
  nothing: 'nothing happens',
  reload: 'all children replaced',
  kill: 'one child killed',
};

export function server(rounds: number): Section {
  const rows = (Object.keys(EVENTS) as Event[]).map((event): Row => {
    const loads = Array.from({ length: rounds }, () => runWorker<Load>('server/worker', event));
    const sum = (key: keyof Load) => loads.reduce((all, load) => all + load[key], 0);
    const values = {
      answered: sum('answered'),
      lost: sum('lost'),
      'not 2xx': sum('other'),
      'requests/s': median(loads.map(({ perSecond }) => perSecond)),
    };
    // What a killed process was at is lost whatever is done.
    const target = event === 'kill' ? null : 0;
    return { name: EVENTS[event], values, ratios: [{ of: 'lost', value: values.lost, target }] };
  });
  return {
    title: 'Server: examples/prefork-server, 4 children, 20 connections that stay open',
    rows,
    notes: [
      `sums of ${rounds} runs; a killed child takes with it at most the one request of each of its connections`,
    ],
  };
}
