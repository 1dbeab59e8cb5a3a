// What the pools are given to do, the same for all of them.

import type { Leaf } from '../memory';

/** Reads every object of a part of the data. */
export function scan(chunks: readonly Leaf[][]): number {
  let sum = 0;
  for (const chunk of chunks) {
    for (const { name, values } of chunk) sum += name.length + (values[0] as number);
  }
  return sum;
}

/** So many turns of a loop: time on the CPU, and not on the clock, of which eight at once would each have all. */
export function spin(turns: number): number {
  let state = 1;
  for (let i = 0; i < turns; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
  }
  return state;
}

/** The turns of a millisecond, once V8 has made them fast. The best of many: others use the machine, too. */
export function turnsOfMillisecond(): number {
  const turns = 1_000_000;
  let best = Infinity;
  for (let i = 0; i < 200; i++) {
    const started = performance.now();
    spin(turns);
    best = Math.min(best, performance.now() - started);
  }
  return Math.round(turns / best);
}
