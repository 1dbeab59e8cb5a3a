import { readFileSync } from 'node:fs';

export interface Memory {
  /** Private anonymous memory of this process that is in use, in kilobytes: what a fork has page tables to copy for. */
  anonymous: number;
  /** How much of it is in huge pages. */
  huge: number;
}

/** See proc_pid_smaps(5). */
export function memory(): Memory {
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? Number.NaN);
  return { anonymous: field('Anonymous'), huge: field('AnonHugePages') };
}

/** A tree of small objects, as parsed data are. */
export interface Leaf {
  id: number;
  name: string;
  values: number[];
}

const kept: Leaf[][] = [];

/**
 * Fills the heap with so many megabytes of objects that stay, and lets V8 come to rest.
 *
 * @returns them, in chunks of 10,000.
 */
export async function growHeap(megabytes: number): Promise<Leaf[][]> {
  const goal = megabytes * 2 ** 20;
  while (megabytes > 0 && process.memoryUsage().heapUsed < goal) {
    kept.push(
      Array.from({ length: 10_000 }, (_, id) => ({ id, name: `leaf ${id}`, values: [id, id / 2, -id] })),
    );
  }
  // Background marking and sweeping go on for a moment; a fork would wait for them, and be measured with them.
  await new Promise((resolve) => setTimeout(resolve, 300));
  return kept;
}

/** Makes objects for so long, of which none is kept for long. */
export function allocateFor(seconds: number): void {
  const end = performance.now() + seconds * 1000;
  let recent: object[] = [];
  while (performance.now() < end) {
    for (let made = 0; made < 1000; made++) recent.push({ made, values: [1, 2, 3] });
    if (recent.length > 100_000) recent = [];
  }
}
