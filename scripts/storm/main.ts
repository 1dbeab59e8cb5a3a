// npm run storm: forks out of a parent that is as busy as a Node process can be, and checks that every child lives a
// full life and ends as it should. Prints what was stuck, wrong or leaked; any of it is exit code 1.

import { readdirSync } from 'node:fs';
import { Command } from 'commander';
import * as os from 'just-fork';
import { type Busy, startBusy } from './busy';
import { describeEnd, endedAsPlanned, live } from './child';
import { growHeap } from './heap';
import { isAtLimit, reachLimits } from './limits';
import { ORIGIN } from './origins';
import { type Plan, Planner, sizeOf } from './plan';
import { seeded } from './random';
import { childrenOf, describeStuck, killTree } from './stuck';

const options = new Command('storm')
  .description('Forks out of a busy parent, and checks every child and every child of a child')
  .option('--forks <n>', 'how many, at all depths', Number, 500)
  .option('--at-once <n>', 'children of the first depth alive at a time', Number, 6)
  .option('--heap <megabytes>', 'of objects that the parent holds', Number, 0)
  .option('--huge-pages', 'the heap grows in huge pages', false)
  .option('--seed <n>', 'repeats the same plan', Number, Math.floor(Math.random() * 2 ** 31))
  .option('--patience <seconds>', 'after which a child counts as stuck', Number, 120)
  .option('--limits', 'at the limits of processes and descriptors; children that need none', false)
  .parse()
  .opts<{
    forks: number;
    atOnce: number;
    heap: number;
    hugePages: boolean;
    seed: number;
    patience: number;
    limits: boolean;
  }>();

const planner = new Planner(seeded(options.seed), options.limits);
const alive = new Map<number, { plan: Plan; since: number }>();
const counts = { passed: 0, stuck: 0, wrong: 0, refused: 0, turnedAway: 0 };
const forkTimes: number[] = [];
let longestLife = 0;
let inChild = false;
/** Gives back what was taken to reach the limits. */
let giveBack = () => {};

/** False: there is no room for another process now. */
function forkOne(plan: Plan, busy: Busy): boolean {
  const started = performance.now();
  let pid: number;
  try {
    pid = os.fork();
  } catch (error) {
    if (options.limits && isAtLimit(error)) {
      counts.turnedAway++;
      return false;
    }
    counts.refused++;
    console.log(`REFUSED: child ${plan.number}, from a ${plan.origin}: ${error}`);
    return true;
  }
  if (pid === 0) {
    inChild = true;
    busy.letGo();
    live(plan);
    return true;
  }
  forkTimes.push(performance.now() - started);
  alive.set(pid, { plan, since: performance.now() });
  return true;
}

function reap(): void {
  for (const [pid, { plan, since }] of alive) {
    const [ended, status] = os.waitpid(pid, os.WNOHANG);
    const age = performance.now() - since;
    if (ended === 0 && age < options.patience * 1000) continue;
    alive.delete(pid);
    longestLife = Math.max(longestLife, age);
    if (ended === 0) {
      counts.stuck++;
      giveBack(); // the look at it needs descriptors
      console.log(`STUCK: ${JSON.stringify(plan)}\n${describeStuck(pid)}`);
      killTree(pid);
      os.waitpid(pid);
    } else if (endedAsPlanned(plan, status)) {
      counts.passed += sizeOf(plan);
    } else {
      counts.wrong++;
      console.log(`WRONG: ${describeEnd(plan, status)}`);
    }
  }
}

const openDescriptors = () => readdirSync('/proc/self/fd').length;
const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function forkFrom(plan: Plan, busy: Busy): Promise<boolean> {
  return new Promise((resolve) => ORIGIN[plan.origin](() => resolve(forkOne(plan, busy)), true));
}

/** In the parent, until all have ended; in a child it returns at once. */
async function storm(busy: Busy): Promise<void> {
  while (planner.count < options.forks) {
    while (alive.size >= options.atOnce) {
      await turn(1);
      if (inChild) return;
      reap();
    }
    const plan = planner.next();
    while (!(await forkFrom(plan, busy))) {
      await turn(1);
      reap();
    }
    if (inChild) return;
    reap();
  }
  while (alive.size > 0) {
    await turn(2);
    reap();
  }
}

async function main(): Promise<void> {
  if (options.hugePages && !os.useHugePages()) throw new Error('There are no huge pages here');
  const heap = growHeap(options.heap);
  const busy = await startBusy(options.limits);
  await turn(200);
  const before = openDescriptors();
  if (options.limits) giveBack = reachLimits();
  await storm(busy);
  if (inChild) return;
  giveBack();

  const zombies = childrenOf('self').length;
  const served = busy.requests;
  await busy.stop();
  await turn(100);
  const descriptors = Math.max(0, openDescriptors() - before);
  heap.check();
  report({ zombies, descriptors, served });
}

function report({
  zombies,
  descriptors,
  served,
}: Record<'zombies' | 'descriptors' | 'served', number>): void {
  forkTimes.sort((a, b) => a - b);
  const median = forkTimes[forkTimes.length >> 1] ?? 0;
  const slowest = forkTimes.at(-1) ?? 0;
  const limitUnseen = options.limits && counts.turnedAway === 0 ? 1 : 0;
  const failures = counts.stuck + counts.wrong + counts.refused + descriptors + zombies + limitUnseen;
  console.log(
    `Node ${process.versions.node}, seed ${options.seed}: ${planner.count} forks, ${counts.stuck} stuck, ` +
      `${counts.wrong} wrong, ${counts.refused} refused, ${descriptors} leaked descriptors, ` +
      `${zombies} zombies (${forkTimes.length} of the forks from the busy parent: median ${median.toFixed(1)} ms, slowest ` +
      `${slowest.toFixed(1)} ms; longest life ${(longestLife / 1000).toFixed(1)} s; ${served} requests served` +
      `${options.limits ? `; turned away with EAGAIN ${counts.turnedAway} times` : ''})`,
  );
  console.log(`${counts.passed} passed, ${failures} failed`);
  if (failures > 0) {
    const { forks, atOnce, heap, hugePages, seed, limits } = options;
    console.log(
      `Repeat it with: npm run storm -- --seed ${seed} --forks ${forks} --at-once ${atOnce} --heap ${heap}${hugePages ? ' --huge-pages' : ''}${limits ? ' --limits' : ''}`,
    );
    process.exitCode = 1;
  }
}

void main();
