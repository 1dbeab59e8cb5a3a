import type { Pelts } from './data.js';
import type { Parameters } from './parameters.js';

/** Far more than the curve needs; it stands for the expensive model that sends people to fork(). */
const STEPS_PER_YEAR = 2000;

/** The two populations at one moment, changed in place so that an evaluation allocates next to nothing. */
interface Animals {
  hare: number;
  lynx: number;
}

/**
 * Takes `steps` steps of the classic fourth-order Runge-Kutta method through the Lotka-Volterra equations
 *
 *     dH/dt = growth * H - predation * H * L
 *     dL/dt = conversion * H * L - death * L
 *
 * The four slopes are written out because this loop is all of the work: 40,000 turns for one individual.
 */
function advance(animals: Animals, parameters: Parameters, steps: number): void {
  const { growth, predation, death, conversion } = parameters;
  const step = 1 / STEPS_PER_YEAR;
  let { hare, lynx } = animals;
  for (let i = 0; i < steps; i++) {
    const hare1 = hare * (growth - predation * lynx);
    const lynx1 = lynx * (conversion * hare - death);
    let h = hare + (step / 2) * hare1;
    let l = lynx + (step / 2) * lynx1;
    const hare2 = h * (growth - predation * l);
    const lynx2 = l * (conversion * h - death);
    h = hare + (step / 2) * hare2;
    l = lynx + (step / 2) * lynx2;
    const hare3 = h * (growth - predation * l);
    const lynx3 = l * (conversion * h - death);
    h = hare + step * hare3;
    l = lynx + step * lynx3;
    const hare4 = h * (growth - predation * l);
    const lynx4 = l * (conversion * h - death);
    hare += (step / 6) * (hare1 + 2 * (hare2 + hare3) + hare4);
    lynx += (step / 6) * (lynx1 + 2 * (lynx2 + lynx3) + lynx4);
  }
  animals.hare = hare;
  animals.lynx = lynx;
}

/**
 * How far the model is from the data: the sum of squares of the differences of logarithms, over both series
 * and all years. Logarithms, because a count that is half as large as it should be is as wrong as one twice
 * as large.
 */
export function sumOfSquares(parameters: Parameters, pelts: readonly Pelts[]): number {
  const animals = { hare: parameters.hare0, lynx: parameters.lynx0 };
  let sum = 0;
  for (const [year, counted] of pelts.entries()) {
    if (year > 0) advance(animals, parameters, STEPS_PER_YEAR);
    sum += Math.log(animals.hare / counted.hare) ** 2 + Math.log(animals.lynx / counted.lynx) ** 2;
    // Extreme parameters leave the range of doubles; NaN would compare as neither better nor worse.
    if (!Number.isFinite(sum)) return Number.POSITIVE_INFINITY;
  }
  return sum;
}

/** The curves of the model from the first year on, `perYear` points to a year. */
export function trajectory(
  parameters: Parameters,
  firstYear: number,
  years: number,
  perYear: number,
): Pelts[] {
  const animals = { hare: parameters.hare0, lynx: parameters.lynx0 };
  const points: Pelts[] = [{ year: firstYear, ...animals }];
  for (let i = 1; i <= years * perYear; i++) {
    advance(animals, parameters, STEPS_PER_YEAR / perYear);
    points.push({ year: firstYear + i / perYear, ...animals });
  }
  return points;
}
