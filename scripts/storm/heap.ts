// A large heap of small objects: many mappings, long collections, and pages that parent and child share.

const BYTES_PER_ENTRY = 160; // measured, about

/** Holds so many megabytes until the end, when `check` says whether they are what they were. */
export function growHeap(megabytes: number): { check(): void } {
  const count = Math.floor((megabytes * 2 ** 20) / BYTES_PER_ENTRY);
  const entry = (i: number) => ({ i, name: `entry ${i}`, neighbours: [i - 1, i + 1] });
  const entries = Array.from({ length: count }, (_, i) => entry(i));
  return {
    check() {
      for (let i = 0; i < count; i += 1009) {
        if (entries[i]?.name !== `entry ${i}`) throw new Error(`entry ${i} of the heap has changed`);
      }
    },
  };
}
