import { check, codedError } from '../errors.js';
import { native } from '../native.js';
import { FOR_MEMORY, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { callable, isPromise } from '../validate.js';
import { EBUSY, ETIMEDOUT, onMainThread, placeFor, timeLimit } from './place.js';

/** 'recovered': the last holder died with the lock, and what it was changing may be half changed. */
export type Locked = 'acquired' | 'recovered';

/**
 * A lock between processes that descend from the one that made its memory. Make it before you fork; parent and children
 * then use the same object.
 *
 * It is robust. When its holder dies, by SIGKILL, _exit or any other way, or calls exec, the kernel lets go of it at once,
 * and the next one to lock it gets it and is told so: 'recovered'. What the mutex protects may be half changed then, and
 * it is for that process to put it right before it unlocks; nobody is told again.
 *
 * ```ts
 * const mutex = new SharedMutex();
 * const total = new Float64Array(sharedMemory(8));
 * for (let i = 0; i < 4; i++) fork(() => mutex.synchronize(() => { total[0] += work(i); }));
 * ```
 *
 * A process holds it, and not an object: a child does not hold what its parent holds, and unlock() in it is EPERM. A lock
 * is not fair: who asks first need not get it first. While lock() waits, the whole thread does; signals are caught, and
 * their listeners run once it is over. There is no promise form: the kernel lets a thread sleep on a mutex, and nothing
 * else (a futex has no descriptor that an event loop could wait for), and a waiting thread of the pool would hold up
 * every fork. In a timer, tryLock() does without.
 */
export class SharedMutex {
  /** How much memory one takes, in bytes. */
  static readonly BYTES = 40;

  /** The shared memory that it lies in. */
  readonly memory: ArrayBuffer;
  /** Where in it, in bytes. */
  readonly byteOffset: number;
  readonly #words: Int32Array;

  /**
   * Makes a mutex, or an object for the one that is there.
   *
   * @param memory of sharedMemory(); by default memory of its own. Zeros are a mutex that is free. The constructor writes
   *   nothing: a second object at the same place is the same mutex.
   * @param byteOffset where in it, a multiple of 8. Default 0.
   * @throws ERR_INVALID_ARG_TYPE: `memory` is not one of sharedMemory(). ERR_OUT_OF_RANGE: it has no such place. What
   *   sharedMemory() throws.
   */
  constructor(memory?: ArrayBuffer, byteOffset = 0) {
    const place = placeFor(SharedMutex.BYTES, memory, byteOffset);
    this.memory = place.memory;
    this.byteOffset = place.byteOffset;
    this.#words = new Int32Array(place.memory, place.byteOffset, SharedMutex.BYTES / 4);
  }

  /**
   * Waits until the lock is free, and takes it. See pthread_mutex_lock(3), PTHREAD_MUTEX_ROBUST.
   *
   * @returns 'acquired', or 'recovered' if the last holder died with it.
   * @throws EDEADLK: this process holds it. macOS finds a circle of several waiting processes, too. ENOSYS: this C library
   *   or system does not serve. ERR_MUTEX_IN_WORKER: not on the main thread.
   */
  lock(): Locked;
  /**
   * The same, for a limited time. See pthread_mutex_timedlock(3).
   *
   * @param milliseconds how long at most, 0 to 2^31 - 1, by a clock that nobody can set; undefined: for ever.
   * @returns null if the time is over.
   * @throws the same. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `milliseconds`.
   */
  lock(milliseconds: number | undefined): Locked | null;
  lock(milliseconds?: number): Locked | null {
    return this.#take(timeLimit(milliseconds));
  }

  /**
   * Takes the lock if it is free: lock(0). See pthread_mutex_trylock(3).
   *
   * @returns null if another process holds it.
   * @throws what lock() throws, EDEADLK too.
   */
  tryLock(): Locked | null {
    return this.#take(0);
  }

  /**
   * Gives the lock back, and wakes one who waits for it. See pthread_mutex_unlock(3).
   *
   * @throws EPERM: this process does not hold it. ENOSYS: as lock(). ERR_MUTEX_IN_WORKER: not on the main thread.
   */
  unlock(): void {
    onMainThread('SharedMutex');
    check('unlock', native.mutexUnlock(this.#words));
  }

  /**
   * Runs `body` while it holds the lock, and gives it back whether `body` returns or throws. Named as in Ruby.
   *
   * @param body synchronous; is told whether the last holder died.
   * @returns what `body` returns.
   * @throws what lock() and `body` throw. ERR_INVALID_RETURN_VALUE: `body` returned a promise, and would go on without the
   *   lock. ERR_INVALID_ARG_TYPE: `body` is no function.
   */
  synchronize<R>(body: (how: Locked) => R): R {
    callable('body', body);
    const how = this.lock();
    try {
      const result = body(how);
      if (isPromise(result)) {
        throw codedError(
          new TypeError('The body of synchronize() returned a promise, and the lock ends with the body'),
          'ERR_INVALID_RETURN_VALUE',
        );
      }
      return result;
    } finally {
      this.unlock();
    }
  }

  #take(milliseconds: number): Locked | null {
    onMainThread('SharedMutex');
    const blocks = milliseconds !== 0;
    if (blocks) recorder?.note(WAIT, FOR_MEMORY);
    const result = native.mutexLock(this.#words, milliseconds);
    if (blocks) recorder?.note(WAITED);
    if (result === -EBUSY || result === -ETIMEDOUT) return null;
    return check('lock', result) === 1 ? 'recovered' : 'acquired';
  }
}
