import type { Individual } from './parameters.js';
import { type Random, seededRandom } from './random.js';

/** Gives the fitness of each individual, in order: the less, the fitter. */
export type Evaluate = (population: readonly Individual[]) => Float64Array | Promise<Float64Array>;

export interface Evolution {
  /** Lower and upper bound of each gene in the first generation; later ones may leave the range. */
  geneRanges: readonly (readonly [number, number])[];
  generations: number;
  seed: number;
  evaluate: Evaluate;
  onGeneration?(generation: number, best: Ranked): void;
}

export interface Ranked {
  readonly individual: Individual;
  readonly fitness: number;
}

export const POPULATION = 1280;
const ELITE = 4;
const PARENTS = 100;
/** Standard deviation of a mutation, in the first and in the last generation. */
const MUTATION = { first: 0.3, last: 0.0005 };

/**
 * A genetic algorithm. How the population is evaluated is the caller's choice and makes no difference to the
 * result: every random number is drawn here, in one process, in one order.
 */
export async function evolve({
  geneRanges,
  generations,
  seed,
  evaluate,
  onGeneration,
}: Evolution): Promise<Ranked> {
  const random = seededRandom(seed);
  let population: Individual[] = Array.from({ length: POPULATION }, () =>
    Float64Array.from(geneRanges, ([from, to]) => from + (to - from) * random.uniform()),
  );
  for (let generation = 1; ; generation++) {
    const ranked = rank(population, await evaluate(population));
    const best = ranked[0] as Ranked;
    onGeneration?.(generation, best);
    if (generation === generations) return best;
    const step = MUTATION.first * (MUTATION.last / MUTATION.first) ** (generation / generations);
    population = breed(ranked, step, random);
  }
}

function rank(population: readonly Individual[], fitness: Float64Array): Ranked[] {
  return population
    .map((individual, i) => ({ individual, fitness: fitness[i] as number }))
    .sort((a, b) => (a.fitness < b.fitness ? -1 : Number(a.fitness > b.fitness)));
}

/** The next generation: the elite unchanged, so that the best is never lost, and children of the fittest. */
function breed(ranked: readonly Ranked[], step: number, random: Random): Individual[] {
  const next = ranked.slice(0, ELITE).map(({ individual }) => individual);
  while (next.length < POPULATION) {
    // The third is any parent: were it chosen for fitness too, the population would soon be all alike.
    const third = parent(ranked, random.uniform());
    const child = cross(select(ranked, random), select(ranked, random), third, random);
    next.push(child.map((gene) => gene + step * random.gaussian()));
  }
  return next;
}

/** A tournament of two among the parents; they are in order of fitness, so the lower index wins. */
function select(ranked: readonly Ranked[], random: Random): Individual {
  return parent(ranked, Math.min(random.uniform(), random.uniform()));
}

function parent(ranked: readonly Ranked[], share: number): Individual {
  return (ranked[Math.floor(PARENTS * share)] as Ranked).individual;
}

/**
 * A blend of three parents: a point on the line through the first two or a little beyond, moved out of that
 * line by a share of the way to the third. Each share is one number for all genes, because the parameters
 * depend on each other (more hares born fit only with more hares eaten), and gene-wise exchange would tear
 * good combinations apart.
 */
function cross(a: Individual, b: Individual, c: Individual, random: Random): Individual {
  const along = -0.25 + 1.5 * random.uniform();
  const aside = 0.9 * (2 * random.uniform() - 1);
  return a.map((gene, i) => {
    const second = b[i] as number;
    return gene + along * (second - gene) + aside * ((c[i] as number) - second);
  });
}
