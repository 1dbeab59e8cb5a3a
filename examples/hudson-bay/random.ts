export interface Random {
  /** From 0 up to, not including, 1. */
  uniform(): number;
  /** Normally distributed, mean 0, standard deviation 1. */
  gaussian(): number;
}

/**
 * Chris Doty-Humphrey's sfc32: small, fast, and it passes PractRand. The same seed gives the same sequence,
 * which Math.random cannot promise; and it is used in the parent alone, so no child depends on where its
 * siblings are.
 */
export function seededRandom(seed: number): Random {
  let a = 0;
  let b = 0;
  let c = seed | 0;
  let counter = 1;

  function uniform(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  }

  /** Box and Muller's transform; 1 - uniform() is never 0, of which there is no logarithm. */
  function gaussian(): number {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  // The generator's own test programs discard as many outputs until the seed is mixed in.
  for (let i = 0; i < 15; i++) uniform();
  return { uniform, gaussian };
}
