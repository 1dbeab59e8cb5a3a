// POOLS: the same work for ForkPool and for other pools, of Node and of other languages. Each measurement is a fresh
// process, and all take turns in each round.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { atLeast, type Row, ratio, type Section } from '../report';
import { OTHER_SOURCES, runProgram, runWorker } from '../run';
import { interleave, median } from '../stats';
import { turnsOfMillisecond } from './work';

const THREADS = ['Piscina', 'tinypool', 'workerpool'] as const;
const PROGRAMS = 'child_process.fork';
const PARTS = 8;
const TASKS = 2000;
/** Fewer where each is a process of its own, and fewest where that has to start Node. */
const FORKS = 500;
const STARTS = 40;
const FORK_EACH: readonly string[] = [
  'ForkPool.run',
  'Python os.fork',
  'Perl fork',
  'Parallel::ForkManager',
  'Ruby fork',
];
const tasksOf = (name: string) => (name === PROGRAMS ? STARTS : FORK_EACH.includes(name) ? FORKS : TASKS);
const ITEMS = 100_000;
const LONG_TASKS = 150;
/** For the memory of all tasks at once, each stays when it is done until the slowest has its input. */
const HOLD = 20_000;

interface Language {
  command: string;
  script: string;
  contenders: string[];
  missing: string[];
}

export function pools(rounds: number): Section {
  const title = 'Pools: 8 slots, the same work';
  if (process.platform !== 'linux') return { title, rows: [], notes: ['measured on Linux only'] };
  const python = language('python3', 'pools.py', [
    { name: 'Python os.fork', needs: ['-c', ''] },
    { name: 'Python Pool', needs: ['-c', 'import multiprocessing'] },
  ]);
  const perl = language('perl', 'pools.pl', [
    { name: 'Perl fork', needs: ['-e', ''] },
    { name: 'Parallel::ForkManager', needs: ['-MParallel::ForkManager', '-e', ''] },
  ]);
  const ruby = language('ruby', 'pools.rb', [
    { name: 'Ruby fork', needs: ['-e', ''] },
    { name: 'Ruby parallel', needs: ['-e', 'require "parallel"'] },
  ]);
  const notes = [
    `medians of ${rounds} rounds, each contender in a fresh process, after some tasks to warm up`,
    '300 MB: the others in Node are sent an eighth of the data with each task; memory is the sum of PSS at its height, ' +
      'measured in one more process',
    `1 ms: ${TASKS} tasks, ${FORKS} where each is a fork, of child_process.fork ${STARTS}; work of a fixed number of turns, which take 1 ms of CPU`,
    `late: the 99th percentile of how late a timer of the parent's was, with ${LONG_TASKS} tasks of 20 ms at eight at a time`,
    ...[...python.missing, ...perl.missing, ...ruby.missing].map((name) => `skipped, not installed: ${name}`),
  ];
  return {
    title,
    rows: [
      ...bigData(rounds, [python, ruby]),
      ...manyTasks(rounds, [python, perl, ruby]),
      nothing(rounds),
      ...lateness(rounds),
    ],
    notes,
  };
}

function language(command: string, script: string, wanted: { name: string; needs: string[] }[]): Language {
  const works = ({ needs }: { needs: string[] }) =>
    spawnSync(command, needs, { stdio: 'ignore' }).status === 0;
  const contenders = wanted.filter(works).map(({ name }) => name);
  const missing = wanted.map(({ name }) => name).filter((name) => !contenders.includes(name));
  return { command, script: join(OTHER_SOURCES, script), contenders, missing };
}

const inNode = (name: string, kind: string, count: number, turns = 0): number =>
  runWorker<number>('pools/worker', name, kind, count, turns, 0);

const inOther = ({ command, script }: Language, name: string, kind: string, count: number, turns: number) =>
  runProgram<number>(command, [script, name, kind, count, turns, 0]);

/** By name, the median of what each measured. */
function measure(rounds: number, contenders: [string, () => number][]): Record<string, number> {
  const results = interleave(rounds, Object.fromEntries(contenders));
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, median(values)]));
}

function bigData(rounds: number, languages: readonly Language[]): Row[] {
  const ours = 'ForkPool.map';
  const nodes = [ours, ...THREADS, PROGRAMS];
  const times = measure(rounds, [
    ...nodes.map((name): [string, () => number] => [name, () => inNode(name, 'scan', PARTS)]),
    ...languages.flatMap((language) =>
      language.contenders.map((name): [string, () => number] => [
        name,
        () => inOther(language, name, 'scan', PARTS, 0),
      ]),
    ),
  ]);
  const memory = Object.fromEntries([
    ...nodes.map((name) => [name, peak(process.execPath, join(__dirname, 'worker.js'), name)]),
    ...languages.flatMap(({ command, script, contenders }) =>
      contenders.map((name) => [name, peak(command, script, name)]),
    ),
  ]) as Record<string, number>;
  const best = bestOf(times, [...THREADS, PROGRAMS]);
  return Object.keys(times).map((name) => ({
    name: `300 MB: ${name}`,
    values: { ms: times[name] as number, MB: memory[name] as number },
    ratios:
      name === ours
        ? [
            atLeast(`time ${best}/ForkPool.map`, (times[best] as number) / (times[ours] as number), 5),
            { ...ratio(memory, ours, best, 0.5), of: `memory ForkPool.map/${best}` },
          ]
        : [],
  }));
}

function peak(command: string, script: string, name: string): number {
  return runWorker<number>('pools/peak-memory', command, script, name, 'scan', PARTS, 0, HOLD);
}

function manyTasks(rounds: number, languages: readonly Language[]): Row[] {
  const turns = turnsOfMillisecond();
  const perSecond = (name: string, run: (count: number) => number) => {
    const count = tasksOf(name);
    return (count / run(count)) * 1000;
  };
  const rates = measure(rounds, [
    ...['ForkPool.map', 'ForkPool.run', ...THREADS, PROGRAMS].map((name): [string, () => number] => [
      name,
      () => perSecond(name, (count) => inNode(name, 'spin', count, turns)),
    ]),
    ...languages.flatMap((language) => {
      if (language.contenders.length === 0) return [];
      const theirs = runProgram<number>(language.command, [language.script, 'turns']);
      return language.contenders.map((name): [string, () => number] => [
        name,
        () => perSecond(name, (count) => inOther(language, name, 'spin', count, theirs)),
      ]);
    }),
  ]);
  const compare = (of: string, to: string, target: number) =>
    atLeast(`${of}/${to}`, (rates[of] as number) / (rates[to] as number), target);
  const best = bestOf(rates, THREADS, Math.max);
  const verdicts: Record<string, Row['ratios']> = {
    'ForkPool.map': [compare('ForkPool.map', best, 1)],
    'ForkPool.run': [
      compare('ForkPool.run', PROGRAMS, 30),
      ...('Python os.fork' in rates ? [compare('ForkPool.run', 'Python os.fork', 1)] : []),
    ],
  };
  return Object.entries(rates).map(([name, rate]) => ({
    name: `1 ms: ${name}`,
    values: { 'tasks/s': rate },
    ratios: verdicts[name] ?? [],
  }));
}

function nothing(rounds: number): Row {
  const { map = Number.NaN } = measure(rounds, [['map', () => inNode('ForkPool.map', 'nothing', ITEMS)]]);
  const each = (map / ITEMS) * 1000;
  return {
    name: 'nothing: ForkPool.map',
    values: { µs: each },
    ratios: [{ of: 'µs an item', value: each, target: 20 }],
  };
}

/** Of the parent's event loop, while eight children or threads work on long tasks. */
function lateness(rounds: number): Row[] {
  const turns = 20 * turnsOfMillisecond();
  const late = measure(
    rounds,
    ['ForkPool.map', ...THREADS].map((name): [string, () => number] => [
      name,
      () => inNode(name, 'delay', LONG_TASKS, turns),
    ]),
  );
  return Object.entries(late).map(([name, ms]) => ({ name: `late: ${name}`, values: { ms }, ratios: [] }));
}

function bestOf(values: Record<string, number>, names: readonly string[], pick = Math.min): string {
  const best = pick(...names.map((name) => values[name] as number));
  return names.find((name) => values[name] === best) as string;
}
