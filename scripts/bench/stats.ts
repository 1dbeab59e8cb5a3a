/** The middle one of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * Measures all variants in each round, so that noise on the machine hits them alike. Every other round runs them in
 * reverse, so that none always follows the same one.
 *
 * @returns by variant, what its rounds gave, in order.
 */
export function interleave<Name extends string, T>(
  rounds: number,
  variants: Record<Name, () => T>,
): Record<Name, T[]> {
  const names = Object.keys(variants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, T[]>;
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) results[name].push(variants[name]());
  }
  return results;
}
