// What is wrong with the way the program was called: told on stderr, exit code 2.

export class UsageError extends Error {}

export function unknown(what: string, given: string, known: readonly string[]): UsageError {
  const near = nearest(given, known);
  return new UsageError(`Unknown ${what}: ${given}${near === undefined ? '' : `. Did you mean ${near}?`}`);
}

/** The one that takes the fewest changes, if they are few enough for a slip of the fingers. */
function nearest(given: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, far: name.startsWith(given) ? 0 : distance(given, name) }))
    .sort((one, other) => one.far - other.far);
  const [best] = ranked;
  return best && best.far <= Math.max(2, given.length / 3) ? best.name : undefined;
}

/** Levenshtein's: letters to insert, remove or replace. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
