// One measurement: spawn-after-fork-worker MEGABYTES SPAWNS FORKS. The same process spawns before its first fork,
// after some forks, and with a fork before each spawn.

import { spawnSync } from 'node:child_process';
import * as os from 'just-fork';
import { growHeap } from './memory';
import { answer } from './run';
import { median } from './stats';

export type SpawnTimes = Record<'before any fork' | 'after forks' | 'right after each', number>;

const [megabytes, spawns, forks] = process.argv.slice(2).map(Number) as [number, number, number];

function spawn(): number {
  const started = performance.now();
  const { status, error } = spawnSync('/bin/true');
  const time = performance.now() - started;
  if (status !== 0) throw error ?? new Error(`/bin/true ended with ${status}`);
  return time;
}

function forkAndReap(): void {
  const pid = os.fork();
  if (pid === 0) os._exit(0);
  os.waitpid(pid);
}

async function main(): Promise<void> {
  await growHeap(megabytes);
  spawn(); // the first one compiles what it needs
  const before = Array.from({ length: spawns }, spawn);
  for (let i = 0; i < forks; i++) forkAndReap();
  const after = Array.from({ length: spawns }, spawn);
  const alternating = Array.from({ length: spawns }, () => {
    forkAndReap();
    return spawn();
  });
  answer({
    'before any fork': median(before),
    'after forks': median(after),
    'right after each': median(alternating),
  } satisfies SpawnTimes);
}

void main();
