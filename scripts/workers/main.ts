// npm run storm:workers: what happens to children when Worker threads run at the fork: some allocate, compile and do I/O
// without end, and others begin and end meanwhile. Any child that hangs or ends in another way than it should is exit code 1.

import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import * as os from 'just-fork';
import * as work from '../storm/work';

const options = new Command('storm:workers')
  .description('Forks while Workers run, and counts the children that hang')
  .option('--forks <n>', 'how many', Number, 100)
  .option('--workers <n>', 'that are busy', Number, 2)
  .option('--passing <n>', 'at a time, that begin and end', Number, 1)
  .option('--patience <seconds>', 'after which a child counts as stuck', Number, 15)
  .parse()
  .opts<{ forks: number; workers: number; passing: number; patience: number }>();

const alive = new Map<number, number>();
const counts = { forks: 0, stuck: 0, wrong: 0, refused: 0 };
const EXPECTED = 5 << 8;

const PASSING = [
  '1',
  'setTimeout(() => {}, 3)',
  'setInterval(() => {}, 1)', // is ended
  "new (require('node:worker_threads').Worker)('1', { eval: true })",
];
let begun = 0;

function pass(): void {
  const worker = new Worker(PASSING[begun++ % PASSING.length] as string, { eval: true });
  worker.once('exit', pass);
  worker.once('online', () => setTimeout(() => worker.terminate(), begun % 20).unref());
}

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
  for (let i = 0; i < options.passing; i++) pass();
  while (counts.forks < options.forks || alive.size > 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    reap();
    if (alive.size >= 4 || counts.forks >= options.forks) continue;
    counts.forks++;
    try {
      const pid = os.fork();
      if (pid === 0) return live();
      alive.set(pid, Date.now());
    } catch {
      counts.refused++;
    }
  }
  console.log(
    `Node ${process.versions.node}, ${options.workers} Workers, ${begun} that began and ended:`,
    counts,
  );
  process.exit(counts.stuck + counts.wrong > 0 ? 1 : 0);
}

void main();
