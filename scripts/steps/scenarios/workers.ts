// The fork is made while Workers take and leave a lock that is one for all threads: V8's for Atomics.notify.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import * as os from 'just-fork';
import { judge } from './help';

const cell = new Int32Array(new SharedArrayBuffer(4));
const busy = `const { workerData: cell } = require('node:worker_threads'); for (;;) Atomics.notify(cell, 0)`;

async function main(): Promise<void> {
  const workers = [1, 2].map(() => new Worker(busy, { eval: true, workerData: cell }));
  await Promise.all(workers.map((worker) => once(worker, 'online')));
  const pid = os.fork({ timeout: 30_000 });
  if (pid === 0) {
    Atomics.notify(cell, 0);
    os._exit(0);
  }
  judge(pid);
}
void main();
