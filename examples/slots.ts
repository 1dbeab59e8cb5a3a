// A random search in a few slots, each refilled as soon as its child has ended.
//
//   here                              in C                                   in Python
//   new os.Slots(4)                   pid_t slots[4] = {0}                   slots = [0] * 4
//   slots.start(body)                 if (fork() == 0) _exit(body())         if os.fork() == 0: os._exit(body())
//   slots.waitOne()                   waitpid(-1, &status, 0)                os.waitpid(-1, 0)
//   os.sharedMemory(bytes)            mmap(..., MAP_SHARED|MAP_ANON, ...)    mmap.mmap(-1, bytes)
//
// Notice that the search is an ordinary function: it sees all that the program has, nothing is sent to it, and its
// answer is in shared memory when its child has ended. Each job writes to a place of its own, so that nothing needs a
// lock. There are more jobs than slots, and a slow one holds up nobody: the next job goes wherever a slot is free.
import * as os from 'just-fork';

const JOBS = 12;
const answers = new Float64Array(os.sharedMemory(JOBS * 3 * Float64Array.BYTES_PER_ELEMENT));

/** Himmelblau's function: four minima, all of them 0. */
const height = (x: number, y: number) => (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2;

function search(job: number): void {
  let best: [number, number, number] = [0, 0, height(0, 0)];
  for (let i = 0; i < 200_000; i++) {
    const [x, y] = [Math.random() * 12 - 6, Math.random() * 12 - 6];
    if (height(x, y) < best[2]) best = [x, y, height(x, y)];
  }
  answers.set(best, 3 * job);
}

const slots = new os.Slots(4);
let next = 0;
while (next < JOBS || slots.pids.length > 0) {
  while (slots.free > 0 && next < JOBS) {
    const job = next++;
    slots.start(() => search(job));
  }
  const { slot, pid, exitCode } = slots.waitOne();
  console.log(`slot ${slot}: ${pid} ended with ${exitCode}`);
}

const found = Array.from({ length: JOBS }, (_, job) => answers.subarray(3 * job, 3 * job + 3));
const [x, y, z] = found.reduce((a, b) => ((b[2] as number) < (a[2] as number) ? b : a));
console.log(`lowest: ${z?.toFixed(4)} at ${x?.toFixed(2)}, ${y?.toFixed(2)}`);
