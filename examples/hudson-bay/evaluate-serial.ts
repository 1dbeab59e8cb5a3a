import type { Pelts } from './data.js';
import { sumOfSquares } from './model.js';
import { decode, type Individual } from './parameters.js';

/** Evaluates one by one, in the process that calls it: a child its part, a run without fork everything. */
export function serialEvaluator(
  pelts: readonly Pelts[],
): (population: readonly Individual[]) => Float64Array {
  return (population) =>
    Float64Array.from(population, (individual) => sumOfSquares(decode(individual), pelts));
}
