// npm run steps: what each step of a fork is for. Runs a small program in which the step matters, with all steps and
// without this one, and prints how many forks were good. It ends with 1 if any with all steps was not, or if one without
// a step that is always needed was.

import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { isGood, runScenario } from './run';
import { STEPS, type Step } from './steps';

const options = new Command('steps')
  .description('Runs forks with each step of a fork, and without it')
  .option('--forks <n>', 'how many with the step, and how many without', Number, 20)
  .option('--only <names>', 'steps, separated by commas', (names) => names.split(','))
  .option('--node <path>', 'runs the programs', process.env.JUST_FORK_NODE ?? process.execPath)
  .option('--at-once <n>', 'how many run at a time', Number, 2)
  .option(
    '--patience <seconds>',
    'after which one without a step hangs; with all steps, ten times that',
    Number,
    4,
  )
  .option('--json', 'prints JSON', false)
  .parse()
  .opts<{
    forks: number;
    only?: string[];
    node: string;
    atOnce: number;
    patience: number;
    json: boolean;
  }>();

/** How often each outcome was seen. */
type Counts = Record<string, number>;

interface Row extends Step {
  with: Counts;
  without: Counts;
}

async function runForks(scenario: string, without: string): Promise<Counts> {
  const patience = without === '' ? options.patience * 10 : options.patience;
  const counts: Counts = {};
  let left = options.forks;
  const runSome = async () => {
    while (left-- > 0) {
      const outcome = await runScenario(scenario, without, { node: options.node, patience });
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, runSome));
  return counts;
}

const good = (counts: Counts) => counts.good ?? 0;

function seen(counts: Counts): string {
  const bad = Object.entries(counts).filter(([outcome]) => !isGood(outcome));
  return bad.map(([outcome, count]) => `${outcome} ${count}`).join(', ');
}

function failureOf(row: Row): string | undefined {
  if (good(row.with) !== options.forks) return `with all steps, ${row.name} went wrong: ${seen(row.with)}`;
  if (row.breaks === 'always' && good(row.without) > 0) return `without ${row.name}, some forks were good`;
  return undefined;
}

function line(cells: string[]): string {
  const [name = '', withAll = '', without = '', what = ''] = cells;
  return `${name.padEnd(22)}  ${withAll.padEnd(8)}  ${without.padEnd(10)}  ${what}`.trimEnd();
}

function printRow(row: Row): void {
  const of = (counts: Counts) => `${good(counts)} of ${options.forks}`;
  console.log(line([row.name, of(row.with), of(row.without), seen(row.without)]));
}

async function main(): Promise<void> {
  const steps = STEPS.filter(({ name }) => options.only?.includes(name) ?? true);
  const node = spawnSync(options.node, ['-p', 'process.versions.node'], { encoding: 'utf8' }).stdout.trim();
  if (!options.json)
    console.log(`Node ${node}\n${line(['step', 'with it', 'without it', 'seen without it'])}`);
  const rows: Row[] = [];
  for (const step of steps) {
    const row = {
      ...step,
      with: await runForks(step.scenario, ''),
      without: await runForks(step.scenario, step.name),
    };
    rows.push(row);
    if (!options.json) printRow(row);
  }
  const failures = rows.map(failureOf).filter((failure) => failure !== undefined);
  if (options.json) console.log(JSON.stringify({ node, forks: options.forks, rows, failures }, null, 2));
  else
    console.log(
      failures.length === 0
        ? 'Each step is needed, and with all of them each fork is good'
        : failures.join('\n'),
    );
  if (failures.length > 0) process.exitCode = 1;
}

void main();
