// Random numbers after a fork: a copied generator gives every child the same ones.
//
//   here                    in C                                  in Python
//   next()                  rand(), random(), drand48()           random.Random(seed).random()
//   Math.random()           srandom(seed ^ getpid()) first        random.random(), reseeded in the child
//   os.fork()               fork()                                os.fork()
//   os.waitpid(pid)         waitpid(pid, &status, 0)              os.waitpid(pid, 0)
//
// Notice that the three children agree on what is to be random. A generator is a variable, and fork() copies variables:
// all go on from one state. A search in parallel then tries the same points in each process, and tokens that were to be
// unique are not. Math.random of V8 has that flaw, too; just-fork replaces it in the child, and the module random of
// Python does the same. A generator of your own is yours to seed again: with the pid, or better with the index of the
// child, which makes the run repeatable.
import * as os from 'just-fork';

let state = 2026;
/** A linear congruential generator, as in Numerical Recipes. */
function next(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

console.log(`parent:  own ${next().toFixed(6)}, Math.random ${Math.random().toFixed(6)}`);
for (const child of [1, 2, 3]) {
  const pid = os.fork(() => {
    console.log(`child ${child}: own ${next().toFixed(6)}, Math.random ${Math.random().toFixed(6)}`);
  });
  os.waitpid(pid);
}
