// SPAWN AFTER FORK: the heap that a fork made inheritable must not slow down the spawns that come later.

import { ratio, type Section } from './report';
import { runWorker } from './run';
import type { SpawnTimes } from './spawn-after-fork-worker';
import { median } from './stats';

const MEGABYTES = 500;
const SPAWNS = 15;
const FORKS = 20;
/** "No slower", with what two medians of the same thing may differ by. */
const TARGET = 1.1;

export function spawnAfterFork(rounds: number): Section {
  const results = Array.from({ length: rounds }, () =>
    runWorker<SpawnTimes>('spawn-after-fork-worker', MEGABYTES, SPAWNS, FORKS),
  );
  const value = (key: keyof SpawnTimes) => median(results.map((times) => times[key]));
  const values = {
    'before any fork': value('before any fork'),
    'after forks': value('after forks'),
    'right after each': value('right after each'),
  };
  return {
    title: `Spawn after fork: spawnSync('/bin/true') with ${MEGABYTES} MB of objects`,
    rows: [
      {
        name: `after ${FORKS} forks`,
        values,
        ratios: [
          ratio(values, 'after forks', 'before any fork', TARGET),
          ratio(values, 'right after each', 'before any fork', null),
        ],
      },
    ],
    notes: [`medians of ${rounds} processes of ${SPAWNS} spawns each`],
  };
}
