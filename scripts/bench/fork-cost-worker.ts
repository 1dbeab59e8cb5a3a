// One measurement: fork-cost-worker VARIANT MEGABYTES SECONDS WARM-UP COUNT FLOOR, where the heap is of so many megabytes,
// after so many seconds of garbage, and FLOOR is the path of that addon, which makes the calls natively: in a process that
// has loaded just-fork, or in a bare one. For "huge" the heap is in huge pages.

import type { Steps } from './fork-steps';
import { allocateFor, growHeap, type Memory, memory } from './memory';
import { answer } from './run';

export interface ForkCost {
  memory: Memory;
  times: number[];
  details?: {
    /** The first of all, which also does what later ones find done. */
    first: number;
    /** Of fork(() => {}), whose child ends by process.exit(). */
    body: number[];
    steps: Steps[];
    heap: { mappings: number; bytes: number };
  };
}

const [variant, floor] = [process.argv[2], process.argv[7]] as [
  'just-fork' | 'huge' | 'floor' | 'bare',
  string,
];
const [megabytes, seconds, warmUp, count] = process.argv.slice(3, 7).map(Number) as [
  number,
  number,
  number,
  number,
];

function times(count: number, call: () => void): number[] {
  return Array.from({ length: count }, () => {
    const started = performance.now();
    call();
    return performance.now() - started;
  });
}

function measureJustFork(inUse: Memory): ForkCost {
  // Looked up here, and not in a place of the loop where none but a child ever comes: V8 would have to learn it in
  // each child anew.
  const { fork, _exit, waitpid, capabilities } = require('just-fork') as typeof import('just-fork');
  const { timeSteps } = require('./fork-steps') as typeof import('./fork-steps');
  const roundTrip = () => {
    const pid = fork();
    if (pid === 0) _exit(0);
    waitpid(pid);
  };
  const [first = Number.NaN] = times(warmUp, roundTrip);
  const measured = times(count, roundTrip);
  const body = times(Math.min(count, 20), () => waitpid(fork(() => {})));
  const steps = Array.from({ length: Math.min(count, 20) }, timeSteps);
  return { memory: inUse, times: measured, details: { first, body, steps, heap: capabilities().heap } };
}

function measureFloor(inUse: Memory): ForkCost {
  const { measure } = require(floor) as { measure(warmUp: number, count: number): number[] };
  return { memory: inUse, times: measure(warmUp, count) };
}

async function main(): Promise<void> {
  const os = variant === 'bare' ? undefined : (require('just-fork') as typeof import('just-fork'));
  if (variant === 'huge') os?.useHugePages();
  allocateFor(seconds);
  await growHeap(megabytes);
  const inUse = memory();
  answer(variant === 'just-fork' || variant === 'huge' ? measureJustFork(inUse) : measureFloor(inUse));
}

void main();
