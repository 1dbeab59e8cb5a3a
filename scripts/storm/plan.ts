// What is going to happen, drawn from the seed before anything runs: so a storm can be repeated.

import { pick } from './random';
import { FRUGAL, HEAVY, LIGHT, type Work } from './work';

/** The ways out of a child. */
export const EXITS = [
  'process.exit',
  'process.exitCode',
  '_exit',
  'the end of the program',
  'a thrown error',
  'a signal to itself',
] as const;

/** Where in a program a fork can come from. */
export const ORIGINS = [
  'timeout',
  'immediate',
  'nextTick',
  'promise',
  'file callback',
  'request handler',
  'signal listener',
  'pending import',
  'thread-pool callback',
  'end of a program',
] as const;

/** Those that need no descriptor, process or thread. */
const FRUGAL_ORIGINS = ['timeout', 'immediate', 'nextTick', 'promise', 'signal listener'] as const;

export type ExitWay = (typeof EXITS)[number];
export type Origin = (typeof ORIGINS)[number];

/** The life of one child. */
export interface Plan {
  number: number;
  origin: Origin;
  work: Work[];
  /** Its own children, forked one by one and alive at the same time. */
  children: Plan[];
  exit: ExitWay;
  code: number;
}

const DEEPEST = 4;

export class Planner {
  #count = 0;
  constructor(
    readonly random: () => number,
    /** Whether there is no descriptor, process or thread to be had. */
    readonly frugal: boolean,
  ) {}

  /** How many plans were made, those of children's children included. */
  get count(): number {
    return this.#count;
  }

  next(depth = 1): Plan {
    const { random } = this;
    const number = this.#count++;
    const some = (list: readonly Work[], most: number) =>
      Array.from({ length: Math.floor(random() * (most + 1)) }, () => pick(random, list));
    if (this.frugal) {
      return {
        number,
        origin: pick(random, FRUGAL_ORIGINS),
        work: some(FRUGAL, 2),
        children: [],
        exit: pick(random, EXITS),
        code: 1 + Math.floor(random() * 90),
      };
    }
    return {
      number,
      origin: pick(random, ORIGINS),
      work: random() < 0.15 ? [...LIGHT, ...some(HEAVY, 2)] : some(LIGHT, 2),
      children:
        depth < DEEPEST && random() < 0.3
          ? Array.from({ length: 1 + Math.floor(random() * 2) }, () => this.next(depth + 1))
          : [],
      exit: pick(random, EXITS),
      code: 1 + Math.floor(random() * 90),
    };
  }
}

/** A plan and all below it. */
export function sizeOf(plan: Plan): number {
  return plan.children.reduce((sum, child) => sum + sizeOf(child), 1);
}
