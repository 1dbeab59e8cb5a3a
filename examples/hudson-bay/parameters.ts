/** What the genetic algorithm looks for: rates are per year, animals are counted in thousands of pelts. */
export interface Parameters {
  readonly growth: number;
  readonly predation: number;
  readonly death: number;
  readonly conversion: number;
  readonly hare0: number;
  readonly lynx0: number;
}

/**
 * The six parameters: the range in which the first generation is drawn, which need not hold the answer
 * tightly, and the posterior mean of the Stan case study "Predator-Prey Population Dynamics" to compare with.
 */
export const PARAMETERS = [
  { name: 'growth', range: [0.1, 2], published: 0.55, meaning: 'hares born, per hare and year' },
  {
    name: 'predation',
    range: [0.002, 0.2],
    published: 0.028,
    meaning: 'hares eaten, per hare, lynx and year',
  },
  { name: 'death', range: [0.1, 2], published: 0.8, meaning: 'lynx dying, per lynx and year' },
  {
    name: 'conversion',
    range: [0.002, 0.2],
    published: 0.024,
    meaning: 'lynx born, per lynx, hare and year',
  },
  { name: 'hare0', range: [1, 100], published: 33.98, meaning: 'hares in 1900, thousands of pelts' },
  { name: 'lynx0', range: [1, 100], published: 5.93, meaning: 'lynx in 1900, thousands of pelts' },
] as const;

/** The least sum of squares for these data, found by a simplex search from the published values. */
export const OPTIMUM = 2.018661;

/** An individual: six genes, the logarithms of the parameters, so that every individual has positive ones. */
export type Individual = Float64Array;

/** The logarithms of the ranges: where the genes of the first generation are drawn. */
export const GENE_RANGES = PARAMETERS.map(({ range: [from, to] }) => [Math.log(from), Math.log(to)] as const);

/** What the genes of an individual stand for. */
export function decode(individual: Individual): Parameters {
  const [growth, predation, death, conversion, hare0, lynx0] = Array.from(individual, Math.exp) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return { growth, predation, death, conversion, hare0, lynx0 };
}
