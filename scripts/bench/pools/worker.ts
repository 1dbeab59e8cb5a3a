// One measurement: worker CONTENDER KIND COUNT TURNS HOLD. It answers with the milliseconds from "the input is there" to
// "all results are"; for "delay", with those that the event loop was late meanwhile. All have done some of the same work
// before, so that no pool has still to start its threads.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { growHeap } from '../memory';
import { answer } from '../run';
import { OTHERS, type Other, SLOTS } from './contenders';
import { holdMemory } from './hold';
import { scan, spin } from './work';

const MEGABYTES = 300;
const WARM_UP = 64;

const [contender, kind] = process.argv.slice(2) as [string, 'scan' | 'spin' | 'delay' | 'nothing'];
const [count, turns, hold] = process.argv.slice(4).map(Number) as [number, number, number];

const list = (length: number) => Array.from({ length }, (_, i) => i);

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The 99th percentile of how late a timer of the parent's was while others worked. */
async function delayed(work: () => Promise<unknown>): Promise<number> {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6 - resolution;
}

const measured = kind === 'delay' ? delayed : timed;

/** Each task has every eighth chunk of the data. */
async function data(): Promise<(part: number) => Awaited<ReturnType<typeof growHeap>>> {
  const chunks = await growHeap(MEGABYTES);
  return (part) => chunks.filter((_, i) => i % count === part);
}

async function ofForkPool(): Promise<number> {
  const { ForkPool } = await import('just-fork/pool');
  const pool = new ForkPool({ slots: SLOTS });
  if (kind === 'scan') {
    await pool.map(list(WARM_UP), () => scan([]));
    const part = await data();
    return timed(() =>
      pool.map(list(count), (i) => {
        const sum = scan(part(i));
        holdMemory(hold);
        return sum;
      }),
    );
  }
  const work = kind === 'nothing' ? () => {} : () => spin(turns);
  // What a worker of another pool has learned in its warm-up, a forked child has from its parent.
  for (let i = 0; i < WARM_UP; i++) work();
  if (contender === 'ForkPool.map') {
    await pool.map(list(WARM_UP), work);
    return measured(() => pool.map(list(count), work));
  }
  await Promise.all(list(WARM_UP).map(() => pool.run(work)));
  return measured(() => Promise.all(list(count).map(() => pool.run(work))));
}

async function ofOther(name: Other): Promise<number> {
  const pool = await OTHERS[name]();
  const warmUp = name === 'child_process.fork' ? SLOTS : WARM_UP;
  await Promise.all(list(warmUp).map(() => pool.do('spin', turns)));
  let time: number;
  if (kind === 'scan') {
    const part = await data();
    time = await timed(() =>
      Promise.all(list(count).map((i) => pool.do('scanPart', { chunks: part(i), hold }))),
    );
  } else {
    time = await measured(() => Promise.all(list(count).map(() => pool.do('spin', turns))));
  }
  await pool.close();
  return time;
}

void (contender in OTHERS ? ofOther(contender as Other) : ofForkPool()).then(answer);
