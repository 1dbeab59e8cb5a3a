// FORK COST: fork, _exit, waitpid from JavaScript; against the floor, which is the same three calls made natively in
// the same kind of process; against C with the same memory.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ForkCost } from './fork-cost-worker';
import { STEPS } from './fork-steps';
import type { Memory } from './memory';
import { type Row, ratio, type Section } from './report';
import { compileAddon, compileProgram, runProgram, runWorkerWith } from './run';
import { interleave, median } from './stats';

const HEAPS = [
  { name: 'small heap', megabytes: 0, seconds: 0, forks: 60, target: 2.5 },
  { name: '300 MB of objects', megabytes: 300, seconds: 0, forks: 15, target: 2.1 },
  { name: '1 GB of objects', megabytes: 1000, seconds: 0, forks: 15, target: 2.1 },
  { name: 'after 3 s of garbage', megabytes: 0, seconds: 3, forks: 15, target: null },
];
type Heap = (typeof HEAPS)[number];
const WARM_UP = 5;

export function forkCost(rounds: number): Section {
  const title = 'Fork cost: fork, _exit, waitpid, against C with the same memory';
  if (process.platform !== 'linux') return { title, rows: [], notes: ['measured on Linux only'] };
  const folder = mkdtempSync(join(tmpdir(), 'just-fork-bench-'));
  try {
    const programs = { c: compileProgram('fork-cost', folder), floor: compileAddon('floor', folder) };
    const measured = HEAPS.map((heap) => measure(heap, rounds, programs));
    return {
      title,
      rows: measured.flatMap(({ rows }) => rows),
      notes: [
        'floor: the three calls made natively in a process like that of just-fork; bare Node: in one that has not loaded it; ' +
          'huge pages: after useHugePages(); small semi-space: with --max-semi-space-size=1',
        ...measured.map(({ note }) => note),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(
  { name, megabytes, seconds, forks, target }: Heap,
  rounds: number,
  programs: { c: string; floor: string },
): { rows: Row[]; note: string } {
  const run = (variant: string, ...options: string[]) =>
    runWorkerWith<ForkCost>(
      options,
      'fork-cost-worker',
      variant,
      megabytes,
      seconds,
      WARM_UP,
      forks,
      programs.floor,
    );
  // C has as much as the last Node process: after garbage, each has kept another amount of it.
  let { memory } = run('just-fork');
  const measureAndNote = () => {
    const result = run('just-fork');
    memory = result.memory;
    return result;
  };
  const results = interleave(rounds, {
    C: (): ForkCost => ({ memory, times: runProgram(programs.c, [...pages(memory), WARM_UP, forks]) }),
    'bare Node': () => run('bare'),
    floor: () => run('floor'),
    'just-fork': measureAndNote,
    'huge pages': () => run('huge'),
    'small semi-space': () => run('just-fork', '--max-semi-space-size=1'),
  });
  const values = {
    C: roundTrip(results.C),
    'bare Node': roundTrip(results['bare Node']),
    floor: roundTrip(results.floor),
    'just-fork': roundTrip(results['just-fork']),
    'huge pages': roundTrip(results['huge pages']),
    'small semi-space': roundTrip(results['small semi-space']),
  };
  const details = results['just-fork'].flatMap((result) => result.details ?? []);
  const steps = Object.fromEntries(
    STEPS.map((step) => [step, median(details.flatMap(({ steps }) => steps.map((times) => times[step])))]),
  ) as Record<(typeof STEPS)[number], number>;
  const { 'JS before': before, 'until JS, child': until, 'JS after, child': after } = steps;
  const heap = details[0]?.heap;
  return {
    rows: [
      {
        name,
        values,
        ratios: [
          ratio(values, 'just-fork', 'C', target),
          ratio(values, 'floor', 'C', null),
          ratio(values, 'huge pages', 'just-fork', null),
          ratio(values, 'small semi-space', 'just-fork', null),
        ],
      },
      {
        name: '  its steps',
        values: { ...steps, 'exit and reap': values['just-fork'] - before - until - after },
        ratios: [],
      },
      {
        name: '  others',
        values: {
          'the first': median(details.map(({ first }) => first)),
          'fork(() => {})': median(details.flatMap(({ body }) => body)),
        },
        ratios: [],
      },
    ],
    note:
      `${name}: ${mb(memory.anonymous)} of private anonymous memory, ${mb(memory.huge)} of it in huge pages; ` +
      `V8 has ${heap?.mappings} mappings, ${mb((heap?.bytes ?? 0) / 1024)} of addresses; ` +
      `medians of ${rounds} processes of ${forks} forks each`,
  };
}

function roundTrip(processes: readonly ForkCost[]): number {
  return median(processes.map(({ times }) => median(times)));
}

/** C gets as much as Node in pages of each size. */
function pages({ anonymous, huge }: Memory): [small: number, huge: number] {
  return [anonymous - huge, huge];
}

const mb = (kilobytes: number) => `${(kilobytes / 1024).toFixed(0)} MB`;
