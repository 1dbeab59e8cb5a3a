// CPU-bound work, of 200 to 400 ms on a machine of today. Whoever measures it must run it once only, so that what V8
// does to make it fast is in the time.

export type Kind = keyof typeof WORK;

export const WORK = {
  /** A hot function, which lives off the optimising compiler. */
  'numeric loop': () => {
    let sum = 0;
    for (let i = 0; i < 1600; i++) sum += escapes((i % 50) / 25 - 1.5, (i % 40) / 20 - 1);
    return sum;
  },

  /** Objects most of which die young, and some of which live on: both collectors, and their helper threads. */
  'object allocation': () => {
    let kept: { i: number; text: string; list: number[] }[] = [];
    let sum = 0;
    for (let i = 0; i < 3_500_000; i++) {
      const object = { i, text: `object ${i & 1023}`, list: [i, i + 1, i + 2] };
      if (i % 8 === 0) kept.push(object);
      if (kept.length > 100_000) kept = kept.slice(50_000);
      sum += object.text.length + (object.list[1] ?? 0);
    }
    return sum;
  },

  /** Code of V8's own, and its allocations: of documents so small that it makes no odds when the heap grows. */
  JSON: () => {
    const document = Array.from({ length: 200 }, (_, i) => ({
      id: i,
      name: `entry ${i}`,
      tags: ['hare', 'lynx', 'beaver'],
      nested: { x: i / 3, y: -i, ok: i % 2 === 0, none: null },
    }));
    let length = 0;
    for (let i = 0; i < 900; i++) length += JSON.stringify(JSON.parse(JSON.stringify(document))).length;
    return length;
  },
} as const;

/**
 * How often the Mandelbrot iteration leaves its circle. It has enough to compute in each turn not to depend on where V8
 * puts the code: of a loop of two instructions some processes make three times as much as others, forked or not.
 */
function escapes(x0: number, y0: number): number {
  let [x, y, count] = [0, 0, 0];
  for (let i = 0; i < 100_000; i++) {
    const next = x * x - y * y + x0;
    y = 2 * x * y + y0;
    x = next;
    if (x * x + y * y <= 4) continue;
    count++;
    x = 0;
    y = 0;
  }
  return count;
}

/** How long the work takes here and now, in milliseconds. */
export function timeOf(kind: Kind): number {
  const started = performance.now();
  const result = WORK[kind]();
  const time = performance.now() - started;
  if (!Number.isFinite(result)) throw new Error(`${kind} gave a wrong result`);
  return time;
}
