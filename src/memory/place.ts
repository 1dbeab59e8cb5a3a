// Where in shared memory a mutex, semaphore or barrier lies, and how it sleeps there.

import { check, ENOSYS, ETIMEDOUT, invalidType, outOfRange, systemError } from '../errors.js';
import { native } from '../native.js';
import { now } from '../timers.js';
import { FOR_MEMORY, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { integer } from '../validate.js';
import { isShared, sharedMemory } from './shared-memory.js';

/** What the kernel, and the links of a mutex, ask for. */
const ALIGNMENT = 8;

export interface Place {
  readonly memory: ArrayBuffer;
  readonly byteOffset: number;
}

/** Memory of its own, if none is given. */
export function placeFor(bytes: number, memory: ArrayBuffer | undefined, byteOffset: number): Place {
  if (memory === undefined) {
    if (byteOffset !== 0) throw invalidType('memory', 'an ArrayBuffer of sharedMemory()', memory);
    return { memory: sharedMemory(bytes), byteOffset };
  }
  if (!isShared(memory)) throw invalidType('memory', 'an ArrayBuffer of sharedMemory()', memory);
  integer('byteOffset', byteOffset, 0, Number.MAX_SAFE_INTEGER);
  if (byteOffset % ALIGNMENT !== 0) throw outOfRange('byteOffset', `a multiple of ${ALIGNMENT}`, byteOffset);
  if (byteOffset + bytes > memory.byteLength) {
    throw outOfRange('byteOffset', `<= ${memory.byteLength - bytes}: ${bytes} bytes are needed`, byteOffset);
  }
  return { memory, byteOffset };
}

/** Milliseconds as they are given, undefined for no limit. */
export function timeLimit(milliseconds: number | undefined): number {
  return milliseconds === undefined ? -1 : integer('milliseconds', milliseconds, 0, 2 ** 31 - 1);
}

/** By the clock of performance.now(), which nobody can set. */
export function deadlineAfter(milliseconds: number | undefined): number {
  const limit = timeLimit(milliseconds);
  return limit < 0 ? Number.POSITIVE_INFINITY : now() + limit;
}

/** Sleeps until woken, if the first of `words` is `value` still. It may wake for nothing; false: the time is over. */
export function sleepWhile(words: Int32Array, value: number, deadline: number): boolean {
  const rest = deadline === Number.POSITIVE_INFINITY ? -1 : Math.max(0, deadline - now());
  recorder?.note(WAIT, FOR_MEMORY);
  const result = native.futexWait(words, value, rest);
  recorder?.note(WAITED);
  if (result === -ETIMEDOUT) return false;
  if (result === -ENOSYS) throw cannotSleep();
  check('futex', result);
  return true;
}

/** Wakes all who sleep there. */
export function wake(words: Int32Array): void {
  const result = native.futexWake(words);
  // Where nobody can sleep, nobody is to be woken.
  if (result !== -ENOSYS) check('futex', result);
}

export function cannotSleep(): Error {
  const error = systemError('os_sync_wait_on_address', -ENOSYS);
  error.message += ': to wait for another process takes macOS 14.4 or later';
  return error;
}
