import { codedError, outOfRange } from '../errors.js';
import { integer } from '../validate.js';
import { deadlineAfter, placeFor, sleepWhile, wake } from './place.js';

const STATE = 0;
const PARTIES = 1;

// All of the state is one word, so that each step is one exchange: how many have arrived (12 bits), whether it is broken
// (1), how many rounds are over (11) and how often it was reset (8). Who waits knows from the last two how its round
// ended. They begin anew after 2,048 and 256: no round is over without all its parties, so nobody sleeps through so many.
const ARRIVED = 0xfff;
const BROKEN = 0x1000;
const ROUND = 0x2000;
const ROUNDS = 0xffe000;
const RESET = 0x1000000;
const RESETS = 0xff000000 | 0;

/**
 * A point that a number of processes reach together: each waits until all have arrived. It serves for any number of
 * rounds. Make it before you fork. Like Python's threading.Barrier, and between processes.
 *
 * ```ts
 * const step = new SharedBarrier(4);
 * for (let i = 0; i < 4; i++) fork(() => { for (let t = 0; t < 100; t++) { compute(i, t); step.wait(); } });
 * ```
 *
 * That a party has died, the barrier does not notice by itself: it is not there, and the others wait for it. Give wait()
 * a time limit, or call abort() where the child is reaped; both end the wait of all with ERR_BARRIER_BROKEN. A party that
 * dies while it waits has arrived, and is missed in the next round.
 *
 * While wait() waits, the whole thread does; signals are caught, and their listeners run once it is over. There is no
 * promise form: the kernel lets a thread sleep on a word of memory, and nothing else, and a waiting thread of the pool
 * would hold up every fork.
 */
export class SharedBarrier {
  /** How much memory one takes, in bytes. */
  static readonly BYTES = 8;

  /** The shared memory that it lies in. */
  readonly memory: ArrayBuffer;
  /** Where in it, in bytes. */
  readonly byteOffset: number;
  readonly #words: Int32Array;

  /**
   * Makes a barrier, or an object for the one that is there.
   *
   * @param parties how many wait for each other, 1 to 4,095. On zeros it is set; a barrier that another object has begun
   *   there goes on as it is.
   * @param memory of sharedMemory(); by default memory of its own.
   * @param byteOffset where in it, a multiple of 8. Default 0.
   * @throws ERR_OUT_OF_RANGE: `parties`, also if the barrier that is there has another number of them; or the memory has no
   *   such place. ERR_INVALID_ARG_TYPE: `memory` is not one of sharedMemory(). What sharedMemory() throws.
   */
  constructor(parties: number, memory?: ArrayBuffer, byteOffset = 0) {
    integer('parties', parties, 1, ARRIVED);
    const place = placeFor(SharedBarrier.BYTES, memory, byteOffset);
    this.memory = place.memory;
    this.byteOffset = place.byteOffset;
    this.#words = new Int32Array(place.memory, place.byteOffset, SharedBarrier.BYTES / 4);
    const found = Atomics.compareExchange(this.#words, PARTIES, 0, parties);
    if (found !== 0 && found !== parties) {
      throw outOfRange('parties', `${found}, like those of the barrier that is there`, parties);
    }
  }

  /** How many wait for each other. */
  get parties(): number {
    return Atomics.load(this.#words, PARTIES);
  }

  /** How many of them wait at this moment. */
  get waiting(): number {
    return this.broken ? 0 : this.#state & ARRIVED;
  }

  /** Whether wait() fails, until reset(). */
  get broken(): boolean {
    return (this.#state & BROKEN) !== 0;
  }

  /**
   * Waits until all parties have called it. See pthread_barrier_wait(3).
   *
   * @param milliseconds how long at most, 0 to 2^31 - 1, by a clock that nobody can set; without it, for ever. If it is
   *   over, the barrier is broken for all.
   * @returns true in one of the processes (the last to arrive), false in the others.
   * @throws ERR_BARRIER_BROKEN: the time of this or another party is over, or somebody called abort() or reset().
   *   ENOSYS: it would have to wait, and macOS before 14.4 cannot. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `milliseconds`.
   */
  wait(milliseconds?: number): boolean {
    const deadline = deadlineAfter(milliseconds);
    const { parties } = this;
    const before = this.#change((state) => {
      if (state & BROKEN) throw broken('has been broken');
      return (state & ARRIVED) + 1 < parties ? state + 1 : roundAfter(state);
    });
    if ((before & ARRIVED) + 1 === parties) {
      wake(this.#words);
      return true;
    }
    for (;;) {
      const state = this.#state;
      const changes = state ^ before;
      if (changes & RESETS) throw broken('was reset');
      if (changes & ROUNDS) return false;
      if (state & BROKEN) throw broken('was broken: the time is over, or somebody called abort()');
      if (!sleepWhile(this.#words, state, deadline)) this.#break(before);
    }
  }

  /** Breaks it for all who wait and will wait, until reset(): for one who knows that a party will not come. */
  abort(): void {
    this.#change((state) => state | BROKEN);
    wake(this.#words);
  }

  /** Makes it as new. Those who wait get ERR_BARRIER_BROKEN. */
  reset(): void {
    this.#change((state) => ((state + RESET) & RESETS) | (state & ROUNDS));
    wake(this.#words);
  }

  get #state(): number {
    return Atomics.load(this.#words, STATE);
  }

  /** Only the round in which the time was over. */
  #break(before: number): void {
    this.#change((state) => ((state ^ before) & (ROUNDS | RESETS) ? state : state | BROKEN));
    wake(this.#words);
  }

  /** Replaces the state in one step, and returns what it was. */
  #change(next: (state: number) => number): number {
    for (;;) {
      const state = this.#state;
      if (Atomics.compareExchange(this.#words, STATE, state, next(state)) === state) return state;
    }
  }
}

function roundAfter(state: number): number {
  return (state & RESETS) | ((state + ROUND) & ROUNDS);
}

function broken(what: string): Error {
  return codedError(new Error(`The barrier ${what}`), 'ERR_BARRIER_BROKEN');
}
