import { check, codedError, EBUSY, EDEADLK, ENOSYS, ETIMEDOUT, systemError } from '../errors.js';
import { native } from '../native.js';
import { FOR_MEMORY, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { callable, isPromise, signalAlone } from '../validate.js';
import { placeFor, timeLimit } from './place.js';
import { untilGranted } from './until-granted.js';

const BYTES = 40;

/** 'recovered': the last holder died with the lock, and what it was changing may be half changed. */
export type Locked = 'acquired' | 'recovered';

/**
 * A lock between processes that descend from the one that made its memory. Make it before you fork; parent and children
 * then use the same object.
 *
 * It is robust. When its holder dies, by SIGKILL, _exit or any other way, or calls exec, the kernel lets go of it at once,
 * and the next one to lock it gets it and is told so: 'recovered'. What the mutex protects may be half changed then, and
 * it is for that process to put it right before it unlocks; nobody is told again. Of one holder the kernel lets go of 2,048
 * (ROBUST_LIST_LIMIT), and more than that stay locked.
 *
 * ```ts
 * const mutex = new SharedMutex();
 * const total = new Float64Array(sharedMemory(8));
 * for (let i = 0; i < 4; i++) fork(() => {
 *   const part = compute(i); // all of them at a time
 *   mutex.synchronize(() => { total[0] += part; });
 * });
 * ```
 *
 * A process holds it, and not an object: a child does not hold what its parent holds, and unlock() in it is EPERM. A lock
 * is not fair: who asks first need not get it first. While lock() waits, the whole thread does; signals are caught, and
 * their listeners run once it is over. lockAsync() leaves the event loop free: a thread of its own sleeps in the kernel,
 * and holds up no fork.
 */
export class SharedMutex {
  /** How much memory one takes, in bytes. */
  static readonly BYTES = BYTES;

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
    const place = placeFor(BYTES, memory, byteOffset);
    this.memory = place.memory;
    this.byteOffset = place.byteOffset;
    this.#words = new Int32Array(place.memory, place.byteOffset, BYTES / 4);
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
   * lock() as a promise: the kernel wakes the event loop, which stays alive until then. If this process itself holds the
   * lock, as another async function of it may, that is no EDEADLK: it waits for the unlock(), as the event loop goes on.
   * See pthread_mutex_lock(3), futex(2).
   *
   * One that is pending when this process forks is the parent's alone: in the child it never settles, and does not keep
   * it alive.
   *
   * @param options.signal stops waiting, and the lock is not taken; AbortSignal.timeout() is a time limit.
   * @returns 'acquired', or 'recovered' if the last holder died with it. Rejects with an AbortError (ABORT_ERR); with
   *   ENOSYS: as lock(), and always on macOS, where the lock is a record lock of fcntl(2), and nothing wakes an event loop
   *   for that. If it has to wait: with EMFILE, ENFILE: too many open descriptors; EAGAIN: too many threads.
   * @throws ERR_INVALID_ARG_TYPE: `options`. ERR_MUTEX_IN_WORKER: not on the main thread. At once, not as a rejection.
   */
  lockAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<Locked> {
    const signal = signalAlone(options);
    refuseInWorker();
    if (process.platform === 'darwin') return Promise.reject(cannotWake());
    return untilGranted<Locked>(signal, {
      look: (resolve) => {
        const result = native.mutexLock(this.#words, 0);
        if (result === -EBUSY || result === -EDEADLK) return false;
        resolve(locked(result));
        return true;
      },
      sleep: (woken) => native.watchMutex(this.#words, woken),
    });
  }

  /**
   * Gives the lock back, and wakes one who waits for it. See pthread_mutex_unlock(3).
   *
   * @throws EPERM: this process does not hold it. ENOSYS: as lock(). ERR_MUTEX_IN_WORKER: not on the main thread.
   */
  unlock(): void {
    refuseInWorker();
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
        result.then(undefined, () => {}); // the error below says it all
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

  /**
   * Waits for the lock as lockAsync() does, runs `body` while it holds it, and gives it back when the promise of `body` is
   * settled, or `body` has returned or thrown. All the process holds the lock meanwhile: its other functions should ask
   * for it by lockAsync() or synchronizeAsync(), too.
   *
   * @param body may be async; is told whether the last holder died.
   * @param options.signal stops waiting; once `body` runs, it changes nothing.
   * @returns what `body` returns or resolves to. Rejects with what lockAsync() rejects with, and what `body` throws or
   *   rejects with.
   * @throws what lockAsync() throws. ERR_INVALID_ARG_TYPE: `body` is no function. At once, not as a rejection.
   */
  synchronizeAsync<R>(
    body: (how: Locked) => R | PromiseLike<R>,
    options: { signal?: AbortSignal | undefined } = {},
  ): Promise<R> {
    callable('body', body);
    return this.lockAsync(options).then(async (how) => {
      try {
        return await body(how);
      } finally {
        this.unlock();
      }
    });
  }

  #take(milliseconds: number): Locked | null {
    refuseInWorker();
    let result = native.mutexLock(this.#words, 0);
    if (result === -EBUSY && milliseconds !== 0) {
      recorder?.note(WAIT, FOR_MEMORY);
      result = native.mutexLock(this.#words, milliseconds);
      recorder?.note(WAITED);
    }
    if (result === -EBUSY || result === -ETIMEDOUT) return null;
    return locked(result);
  }
}

function locked(result: number): Locked {
  return check('lock', result) === 1 ? 'recovered' : 'acquired';
}

function refuseInWorker(): void {
  if (native.onMainThread()) return;
  throw codedError(
    new Error('A SharedMutex is held by a process, and cannot be used in a Worker: only its main thread can'),
    'ERR_MUTEX_IN_WORKER',
  );
}

function cannotWake(): Error {
  const error = systemError('lockAsync', -ENOSYS);
  error.message += ': on macOS nothing wakes an event loop for a mutex. Use lock() or tryLock()';
  return error;
}
