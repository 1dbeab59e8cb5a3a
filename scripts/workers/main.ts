// npm run storm:workers: what happens to children when Worker threads run at the fork. This is the measurement behind
// ERR_FORK_WORKERS_RUNNING: Workers that allocate, compile and do I/O in a loop, and forks with { allowWorkers: true }.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import * as os from 'just-fork';
import * as work from '../storm/work';

const options = new Command('storm:workers')
  .description('Forks while Workers run, and counts the children that hang')
  .option('--forks <n>', 'how many', Number, 100)
  .option('--workers <n>', 'how many', Number, 2)
  .option('--patience <seconds>', 'after which a child counts as stuck', Number, 15)
  .parse()
  .opts<{ forks: number; workers: number; patience: number }>();

const alive = new Map<number, number>();
const counts = { forks: 0, stuck: 0, wrong: 0, refused: 0 };
const EXPECTED = 5 << 8;

async function live(): Promise<void> {
  work.allocateUntilCollected(2);
  work.compileHotCode(300);
  await work.compress();
  process.exit(5);
}

function reap(): void {
  for (const [pid, since] of alive) {
    const [ended, status] = os.waitpid(pid, os.WNOHANG);
    if (ended === 0 && Date.now() - since < options.patience * 1000) continue;
    alive.delete(pid);
    if (ended === 0) {
      counts.stuck++;
      os.kill(pid, 'SIGKILL');
      os.waitpid(pid);
    } else if (status !== EXPECTED) counts.wrong++;
  }
}

async function main(): Promise<void> {
  const workers = Array.from(
    { length: options.workers },
    () => new Worker(join(__dirname, 'busy-worker.js')),
  );
  await Promise.all(workers.map((worker) => new Promise((online) => worker.once('online', online))));
  while (counts.forks < options.forks || alive.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    reap();
    if (alive.size >= 4 || counts.forks >= options.forks) continue;
    counts.forks++;
    try {
      const pid = os.fork({ allowWorkers: true });
      if (pid === 0) return live();
      alive.set(pid, Date.now());
    } catch {
      counts.refused++;
    }
  }
  console.log(`Node ${process.versions.node}, ${options.workers} Workers:`, counts);
  process.exit(0);
}

void main();
