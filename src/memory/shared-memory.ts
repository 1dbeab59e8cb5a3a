import { constants } from 'node:buffer';
import { codedError, systemError } from '../errors.js';
import { native } from '../native.js';
import { integer } from '../validate.js';

const shared = new WeakSet<ArrayBuffer>();

/**
 * Memory that stays one and the same over fork(): what the parent or any child below writes, all of them read. Typed
 * arrays and DataViews on it work as on any ArrayBuffer, and Atomics work between the processes, but for Atomics.wait and
 * notify, which know the threads of one process only: to wait, use SharedSemaphore, SharedMutex and SharedBarrier.
 *
 * It begins as zeros, takes up memory page by page as it is written to, and is freed when no process has it any more: in each, V8
 * has to have collected the ArrayBuffer, and the event loop to have turned. A program whose loop never turns makes one, and uses it
 * again. A SharedArrayBuffer, in contrast, is copied by fork, like all else. See mmap(2), MAP_SHARED and MAP_ANONYMOUS.
 *
 * What a Worker has made is freed when the Worker ends, so it cannot leave its thread: postMessage() with it in the list of
 * what to transfer throws a DataCloneError (Node 20 sends a copy), and its transfer() and transferToFixedLength() throw
 * ERR_INVALID_STATE. (ArrayBuffer.prototype's own would give another ArrayBuffer on the same memory, and who reads that after
 * the Worker's end dies by SIGSEGV.)
 *
 * @param byteLength 1 to the longest that an ArrayBuffer can be (`require('buffer').constants.MAX_LENGTH`).
 * @returns an ArrayBuffer of that length.
 * @throws ENOMEM: more than there is. ENOSYS: this runtime takes no memory from outside (Electron). ERR_INVALID_ARG_TYPE,
 *   ERR_OUT_OF_RANGE: `byteLength`.
 */
export function sharedMemory(byteLength: number): ArrayBuffer {
  const memory = native.sharedMemory(integer('byteLength', byteLength, 1, constants.MAX_LENGTH));
  if (typeof memory === 'number') throw systemError('mmap', memory, { byteLength });
  shared.add(memory);
  for (const name of MOVES) Object.defineProperty(memory, name, { value: refuseToMove });
  return memory;
}

/** What gives the memory to another ArrayBuffer; Node 20 has neither. */
const MOVES = ['transfer', 'transferToFixedLength'].filter((name) => name in ArrayBuffer.prototype);

function refuseToMove(): never {
  throw codedError(new TypeError('Memory of sharedMemory() cannot be transferred'), 'ERR_INVALID_STATE');
}

/** Whether it came from sharedMemory(). */
export function isShared(memory: unknown): memory is ArrayBuffer {
  return shared.has(memory as ArrayBuffer);
}
