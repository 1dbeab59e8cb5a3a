/*
 * The classic program of fork(): a fixed number of slots with a child in each, and a parent that asks now and
 * then whether a child has ended, to start the next one in its place. In Python:
 *
 *     while parts or running:
 *         while parts and free:
 *             slot, part = free.pop(0), parts.pop(0)
 *             r, w = os.pipe()
 *             pid = os.fork()
 *             if pid == 0:
 *                 os.close(r)
 *                 os.write(w, evaluate(population[part]))
 *                 os._exit(0)
 *             os.close(w)
 *             running[pid] = slot, part, r
 *         pid, status = os.waitpid(0, os.WNOHANG)
 *         if pid == 0:
 *             time.sleep(0.001)
 *             continue
 *         slot, part, r = running.pop(pid)
 *         fitness[part] = os.read(r, 65536)
 *         os.close(r)
 *         free.append(slot)
 */
import { setTimeout } from 'node:timers/promises';
import * as os from 'just-fork';
import type { Individual } from './parameters.js';
import { cut, type Part } from './parts.js';
import { receiveResults, sendResults } from './results.js';

/** How many individuals it takes until V8 has compiled all that evaluates them. */
const WARM_UP = 200;

/** A child that has been reaped; times in milliseconds, on the clock of performance.now(). */
export interface Child {
  readonly pid: number;
  readonly slot: number;
  readonly generation: number;
  readonly started: number;
  readonly reaped: number;
}

type Running = Omit<Child, 'reaped'> & { readonly part: Part; readonly readFd: number };

export interface ForkedEvaluatorOptions {
  /** What a child does with its part of the population. */
  evaluate(part: readonly Individual[]): Float64Array;
  /** How many children run at the same time. */
  slots: number;
  /** The parent's other work, done whenever no child has ended since the last poll. */
  betweenPolls(running: number): void;
}

/** Evaluates populations in forked children, and appends each child to `children` when it has been reaped. */
export function forkedEvaluator(
  { evaluate, slots, betweenPolls }: ForkedEvaluatorOptions,
  children: Child[],
) {
  let generation = 0;

  return async (population: readonly Individual[]): Promise<Float64Array> => {
    generation++;
    // A child inherits the machine code of its parent as it does everything else. One that finds none would
    // have to compile the model for itself, so the parent sees to it once, before the first fork.
    if (generation === 1) evaluate(population.slice(0, WARM_UP));

    const fitness = new Float64Array(population.length);
    const parts = cut(population.length, slots);
    const free = Array.from({ length: slots }, (_, slot) => slot);
    const running = new Map<number, Running>();

    try {
      while (parts.length > 0 || running.size > 0) {
        while (parts.length > 0 && free.length > 0) {
          const slot = free.shift() as number;
          const part = parts.shift() as Part;
          const started = performance.now();
          const { pid, readFd } = start(() => evaluate(population.slice(part.from, part.to)));
          running.set(pid, { pid, slot, generation, started, part, readFd });
        }
        const [pid, status] = os.waitpid(0, os.WNOHANG);
        if (pid === 0) {
          betweenPolls(running.size);
          await setTimeout(1);
          continue;
        }
        const child = running.get(pid);
        if (child === undefined) continue; // Not one of ours: forked elsewhere in the program.
        running.delete(pid);
        children.push({ ...child, reaped: performance.now() });
        fitness.set(collect(child, status), child.part.from);
        free.push(child.slot);
      }
    } finally {
      // Empty, unless there was an error: then nobody is left behind.
      for (const { pid, readFd } of running.values()) {
        os.kill(pid, 'SIGKILL');
        os.waitpid(pid);
        os.close(readFd);
      }
    }
    return fitness;
  };
}

/** From here on there are two processes: the child does the work and ends, the parent returns at once. */
function start(work: () => Float64Array): { pid: number; readFd: number } {
  const [readFd, writeFd] = os.pipe();
  const pid = os.fork();
  if (pid === 0) {
    try {
      os.close(readFd);
      sendResults(writeFd, work());
      os._exit(0);
    } catch (error) {
      // Left uncaught, it would go up the call stack that the child shares with the parent, into main().
      console.error(error);
      os._exit(1);
    }
  }
  // The child now holds the only write end: children that are forked later do not inherit it.
  os.close(writeFd);
  return { pid, readFd };
}

/** What a child that has ended leaves behind: its status and, if that is good, its results in the pipe. */
function collect({ pid, part, readFd }: Running, status: number): Float64Array {
  try {
    const { success, exitCode, signal } = os.decodeStatus(status);
    if (!success) {
      throw new Error(
        `child ${pid} ${signal === null ? `exited with code ${exitCode}` : `was killed by ${signal}`}`,
      );
    }
    return receiveResults(readFd, part.to - part.from);
  } finally {
    os.close(readFd);
  }
}
