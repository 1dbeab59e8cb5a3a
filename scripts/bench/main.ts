// npm run bench: what just-fork costs, as ratios from one run on one machine. It judges nothing but prints whether each
// target is met, since a number of a noisy machine is no test.

import { Argument, Command, Option } from 'commander';
import { childSpeed } from './child-speed';
import { forkCost } from './fork-cost';
import { pools } from './pools/pools';
import { printJson, printTable, type Section } from './report';
import { server } from './server/server';
import { spawnAfterFork } from './spawn-after-fork';
import { traceCost } from './trace-cost';

const SECTIONS: Record<string, { run: (rounds: number) => Section; rounds: number; quick: number }> = {
  'child-speed': { run: childSpeed, rounds: 11, quick: 3 },
  'fork-cost': { run: forkCost, rounds: 9, quick: 3 },
  pools: { run: pools, rounds: 5, quick: 1 },
  server: { run: server, rounds: 3, quick: 1 },
  'spawn-after-fork': { run: spawnAfterFork, rounds: 5, quick: 1 },
  'trace-cost': { run: traceCost, rounds: 9, quick: 3 },
};

const command = new Command('bench')
  .description(
    'Measures child speed, the cost of a fork, pools, a server of children, spawns after forks, and traces',
  )
  .addArgument(new Argument('[section]', 'this one alone').choices(Object.keys(SECTIONS)))
  .option('--quick', 'few rounds')
  .option('--json', 'prints JSON instead of a table')
  .addOption(new Option('--only <section>', 'the same').choices(Object.keys(SECTIONS)))
  .parse();
const options = command.opts<{ quick?: true; json?: true; only?: string }>();
const only = command.args[0] ?? options.only;

const chosen = Object.entries(SECTIONS).filter(([name]) => only === undefined || name === only);

const sections = chosen.map(([name, { run, rounds, quick }]) => {
  if (!options.json) console.error(`${name} ...`);
  return run(options.quick ? quick : rounds);
});
if (options.json) printJson(sections);
else printTable(sections);
