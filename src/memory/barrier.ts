import { codedError, outOfRange } from '../errors.js';
import { native } from '../native.js';
import { integer, signalAlone } from '../validate.js';
import { deadlineAfter, placeFor, sleepWhile, wake } from './place.js';
import { untilGranted } from './until-granted.js';

const BYTES = 8;

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
 * While wait() waits, the whole thread does; signals are caught, and their listeners run once it is over. waitAsync()
 * leaves the event loop free: a thread of its own sleeps in the kernel, and holds up no fork.
 */
export class SharedBarrier {
  /** How much memory one takes, in bytes. */
  static readonly BYTES = BYTES;

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
    const place = placeFor(BYTES, memory, byteOffset);
    this.memory = place.memory;
    this.byteOffset = place.byteOffset;
    this.#words = new Int32Array(place.memory, place.byteOffset, BYTES / 4);
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
    const before = this.#arrive();
    if (this.#wasLast(before)) return true;
    for (;;) {
      const state = this.#state;
      if (isOver(before, state)) return false;
      if (!sleepWhile(this.#words, state, deadline)) this.#break(before);
    }
  }

  /**
   * wait() as a promise: the kernel wakes the event loop, which stays alive until then. Several can wait in one process,
   * and each is a party. See pthread_barrier_wait(3), futex(2).
   *
   * One that is pending when this process forks is the parent's alone: in the child it never settles, and does not keep
   * it alive.
   *
   * @param options.signal while it waits: stops, and the barrier is broken for all. AbortSignal.timeout() is a time
   *   limit. Aborted before the call, it changes nothing; after the last party has arrived, it is too late.
   * @returns true in one of the parties (the last to arrive), false in the others. Rejects with ERR_BARRIER_BROKEN, as
   *   wait(); with an AbortError (ABORT_ERR). If it has to wait: with EMFILE, ENFILE: too many open descriptors; EAGAIN:
   *   too many threads; ENOSYS: macOS before 14.4 cannot. After these three the barrier is broken for all.
   * @throws ERR_INVALID_ARG_TYPE: `options`; at once, not as a rejection.
   */
  waitAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    let before: number | undefined; // as it arrived
    let seen = 0;
    return untilGranted<boolean>(signalAlone(options), {
      look: (resolve) => {
        const arrives = before === undefined;
        before ??= this.#arrive();
        const last = arrives && this.#wasLast(before);
        seen = this.#state;
        if (!last && !isOver(before, seen)) return false;
        resolve(last);
        return true;
      },
      sleep: (woken) => native.watchWord(this.#words, seen, woken),
      // Broken first, so that no last party can arrive between: all hear the same of this round.
      abort: (resolve) => {
        this.#break(before as number);
        const changes = this.#state ^ (before as number);
        if (changes & RESETS || !(changes & ROUNDS)) return false;
        resolve(false);
        return true;
      },
      // The others would wait for a party that has gone. Nothing breaks if the round is over.
      end: () => this.#break(before as number),
    });
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

  /** The state before it. */
  #arrive(): number {
    const { parties } = this;
    return this.#change((state) => {
      if (state & BROKEN) throw broken('has been broken');
      return (state & ARRIVED) + 1 < parties ? state + 1 : roundAfter(state);
    });
  }

  /** The last to arrive wakes the others. */
  #wasLast(before: number): boolean {
    if ((before & ARRIVED) + 1 < this.parties) return false;
    wake(this.#words);
    return true;
  }

  get #state(): number {
    return Atomics.load(this.#words, STATE);
  }

  /** Only the round of one who arrived at `before`. */
  #break(before: number): void {
    const over = ROUNDS | RESETS;
    const state = this.#change((state) => ((state ^ before) & over ? state : state | BROKEN));
    if (!(state & BROKEN) && !((state ^ before) & over)) wake(this.#words);
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

/** Whether the round of one who has arrived is over; throws if it ended without its parties. */
function isOver(before: number, state: number): boolean {
  const changes = state ^ before;
  if (changes & RESETS) throw broken('was reset');
  if (changes & ROUNDS) return true;
  if (state & BROKEN) throw broken('was broken: the time is over, or somebody called abort()');
  return false;
}

function broken(what: string): Error {
  return codedError(new Error(`The barrier ${what}`), 'ERR_BARRIER_BROKEN');
}
