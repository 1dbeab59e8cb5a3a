import { EOVERFLOW, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer, signalAlone } from '../validate.js';
import { deadlineAfter, placeFor, sleepWhile, wake } from './place.js';
import { untilGranted } from './until-granted.js';

/** The words: the value and 1 (so that zeros are a semaphore that nobody has begun), and how many may be asleep. */
const VALUE = 0;
const SLEEPERS = 1;

const BYTES = 8;
const MAX = 2 ** 31 - 2;

/**
 * A count between processes that descend from the one that made its memory: acquire() takes one, and waits while there is
 * none; release() gives back. Make it before you fork.
 *
 * ```ts
 * const free = new SharedSemaphore(3); // at most three children at a time are in the middle of it
 * for (let i = 0; i < 20; i++) fork(() => { free.acquire(); compute(i); free.release(); });
 * ```
 *
 * Nobody owns what was acquired: any process may release it, and if one dies instead, it is lost; the parent, which reaps
 * that child, can release it in its place. Use SharedMutex where the kernel is to notice. A process that dies while it
 * waits loses nothing.
 *
 * While acquire() waits, the whole thread does; signals are caught, and their listeners run once it is over.
 * acquireAsync() leaves the event loop free: a thread of its own sleeps in the kernel, and holds up no fork.
 */
export class SharedSemaphore {
  /** How much memory one takes, in bytes. */
  static readonly BYTES = BYTES;
  /** The largest value. */
  static readonly MAX = MAX;

  /** The shared memory that it lies in. */
  readonly memory: ArrayBuffer;
  /** Where in it, in bytes. */
  readonly byteOffset: number;
  readonly #words: Int32Array;

  /**
   * Makes a semaphore, or an object for the one that is there. See sem_init(3).
   *
   * @param initial the value to begin with, 0 to SharedSemaphore.MAX. On zeros it is set; where another object has begun
   *   a semaphore already, that one goes on as it is.
   * @param memory of sharedMemory(); by default memory of its own.
   * @param byteOffset where in it, a multiple of 8. Default 0.
   * @throws ERR_INVALID_ARG_TYPE: `memory` is not one of sharedMemory(). ERR_OUT_OF_RANGE: `initial`, or the memory has no
   *   such place. What sharedMemory() throws.
   */
  constructor(initial: number, memory?: ArrayBuffer, byteOffset = 0) {
    integer('initial', initial, 0, MAX);
    const place = placeFor(BYTES, memory, byteOffset);
    this.memory = place.memory;
    this.byteOffset = place.byteOffset;
    this.#words = new Int32Array(place.memory, place.byteOffset, BYTES / 4);
    Atomics.compareExchange(this.#words, VALUE, 0, initial + 1);
  }

  /** How many can be acquired at this moment. See sem_getvalue(3). */
  get value(): number {
    return Atomics.load(this.#words, VALUE) - 1;
  }

  /**
   * Takes one, and waits for it while there is none. See sem_wait(3).
   *
   * @param milliseconds how long at most, 0 to 2^31 - 1, by a clock that nobody can set; without it, for ever.
   * @returns false if the time is over.
   * @throws ENOSYS: it would have to wait, and macOS before 14.4 cannot. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE:
   *   `milliseconds`.
   */
  acquire(milliseconds?: number): boolean {
    const deadline = deadlineAfter(milliseconds);
    if (this.tryAcquire()) return true;
    Atomics.add(this.#words, SLEEPERS, 1);
    try {
      for (;;) {
        const inTime = sleepWhile(this.#words, 1, deadline);
        if (this.tryAcquire()) return true;
        if (!inTime) return false;
      }
    } finally {
      Atomics.sub(this.#words, SLEEPERS, 1);
    }
  }

  /**
   * acquire() as a promise: the kernel wakes the event loop, which stays alive until then. See sem_wait(3), futex(2).
   *
   * One that is pending when this process forks is the parent's alone: in the child it never settles, and does not keep
   * it alive.
   *
   * @param options.signal stops waiting, and nothing is taken; AbortSignal.timeout() is a time limit.
   * @returns once one is taken. Rejects with an AbortError (ABORT_ERR). If it has to wait: with EMFILE, ENFILE: too many
   *   open descriptors; EAGAIN: too many threads; ENOSYS: macOS before 14.4 cannot.
   * @throws ERR_INVALID_ARG_TYPE: `options`; at once, not as a rejection.
   */
  acquireAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return untilGranted<void>(signalAlone(options), {
      look: (resolve) => {
        if (!this.tryAcquire()) return false;
        resolve();
        return true;
      },
      sleep: (woken) => native.watchWord(this.#words, 1, woken),
      // Once for the whole wait, as in acquire().
      begin: () => void Atomics.add(this.#words, SLEEPERS, 1),
      end: () => void Atomics.sub(this.#words, SLEEPERS, 1),
    });
  }

  /**
   * Takes one if there is one. See sem_trywait(3).
   *
   * @returns false if there is none.
   */
  tryAcquire(): boolean {
    for (;;) {
      const word = Atomics.load(this.#words, VALUE);
      if (word <= 1) return false;
      if (Atomics.compareExchange(this.#words, VALUE, word, word - 1) === word) return true;
    }
  }

  /**
   * Gives back, or adds. See sem_post(3).
   *
   * @param n how many, from 1. Default 1.
   * @throws EOVERFLOW: the value would be above SharedSemaphore.MAX. Nothing has changed. ERR_INVALID_ARG_TYPE,
   *   ERR_OUT_OF_RANGE: `n`.
   */
  release(n = 1): void {
    integer('n', n, 1, MAX);
    for (;;) {
      const word = Atomics.load(this.#words, VALUE);
      if (word - 1 + n > MAX) throw systemError('release', -EOVERFLOW, { n });
      if (Atomics.compareExchange(this.#words, VALUE, word, word + n) === word) break;
    }
    // Who goes to sleep says so first, and the kernel then lets nobody sleep on a value that has changed: so either it
    // is counted here, or it sees what was released. All are woken: one alone could die before it takes what it was
    // woken for, and the others would sleep beside it.
    if (Atomics.load(this.#words, SLEEPERS) > 0) wake(this.#words);
  }
}
