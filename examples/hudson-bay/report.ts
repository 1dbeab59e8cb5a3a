import { availableParallelism } from 'node:os';
import type { Ranked } from './evolve.js';
import { decode, OPTIMUM, PARAMETERS } from './parameters.js';

/** One run of the genetic algorithm, and when it was, on the clock of performance.now(). */
export interface Run {
  readonly best: Ranked;
  readonly started: number;
  readonly milliseconds: number;
}

/** The parameters found, beside the published ones, and how well they fit. */
export function fitReport({ best }: Run): string {
  const found = decode(best.individual);
  const rows = PARAMETERS.map(({ name, published, meaning }) =>
    [
      name.padEnd(12),
      found[name].toPrecision(4).padStart(9),
      String(published).padStart(11),
      `  ${meaning}`,
    ].join(''),
  );
  const above = 100 * (best.fitness / OPTIMUM - 1);
  return `
parameter       found  published
${rows.join('\n')}

sum of squares ${best.fitness.toFixed(5)}, ${above.toFixed(3)} % above the optimum ${OPTIMUM.toFixed(5)}`;
}

/** What forking gained: the same generations in the same process, with and without children. */
export function comparisonReport(forked: Run, serial: Run, slots: number, children: number): string {
  const cores = availableParallelism();
  const speedUp = (serial.milliseconds / forked.milliseconds).toFixed(2);
  return [
    `children forked ${children}, on ${slots} ${slots === 1 ? 'slot' : 'slots'}`,
    `forked ${seconds(forked)}, without fork ${seconds(serial)}`,
    `speed-up ${speedUp} on ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    identical(forked.best, serial.best)
      ? 'both runs gave the identical answer, bit for bit'
      : 'THE TWO RUNS GAVE DIFFERENT ANSWERS',
  ].join('\n');
}

/** Whether two runs ended with the same genes and the same fitness, to the last bit. */
export function identical(a: Ranked, b: Ranked): boolean {
  return a.fitness === b.fitness && a.individual.every((gene, i) => gene === b.individual[i]);
}

export function seconds({ milliseconds }: Run): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
