// The child's end of the pipe that its answers go through.

import { DefaultSerializer } from 'node:v8';
import { codedError, systemError } from '../errors.js';
import { native } from '../native.js';
import { KIND, type Kind } from './frames.js';
import { serializeThrown } from './thrown.js';

/** Items are numbered; this stands for the one of run(), and for none. */
export const NO_INDEX = -1;

export class Port {
  readonly #fd: number;
  /** The item that the child is at, for an error that nobody catches. */
  index = NO_INDEX;
  /** Whether this process is a child that the function has forked: what comes of it there is no answer. */
  isParents = false;
  /** Whether anything was thrown. */
  failed = false;
  /** Whether the initialiser has run, if there is one. */
  isReady = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  ready(): void {
    this.isReady = true;
    this.#write(KIND.ready, NO_INDEX, undefined);
  }

  begun(index: number): void {
    this.#write(KIND.begun, index, undefined);
  }

  /** A value that cannot be serialised is an error of this item. */
  answer(index: number, value: unknown): void {
    if (value === undefined) this.#write(KIND.nothing, index, undefined);
    else if (typeof value === 'number') this.#write(KIND.number, index, value);
    else this.#serialize(index, value);
  }

  thrown(index: number, error: unknown): void {
    this.failed = true;
    this.#write(KIND.thrown, index, serializeThrown(error));
  }

  initFailed(error: unknown): void {
    this.#write(KIND.initFailed, NO_INDEX, serializeThrown(error));
  }

  #serialize(index: number, value: unknown): void {
    let payload: Buffer;
    try {
      payload = serialize(value);
      if (payload.length > LONGEST) throw tooLong(payload.length);
    } catch (error) {
      this.thrown(index, isStackOverflow(error) ? tooDeep(error) : error);
      return;
    }
    this.#write(KIND.value, index, payload);
  }

  /** Blocks while the pipe is full: that is what holds a child back when nobody reads. */
  #write(kind: Kind, index: number, payload: Uint8Array | number | undefined): void {
    const result = native.writeFrame(this.#fd, kind, index, payload);
    if (result < 0) throw new PortClosed(result);
  }
}

/** The length has 4 bytes. */
const LONGEST = 2 ** 32 - 1;

function tooLong(bytes: number): RangeError {
  return new RangeError(
    `The answer takes ${bytes} bytes when serialised, and the pipe carries at most ${LONGEST}. Return it in parts, ` +
      'or write it into sharedMemory or a file and return where it is',
  );
}

/** Of anything that a getter of the value may have thrown. */
function isStackOverflow(error: unknown): boolean {
  try {
    return error instanceof RangeError && error.message.startsWith('Maximum call stack');
  } catch {
    return false;
  }
}

function tooDeep(cause: unknown): Error {
  const error = unserializable(
    'it is nested too deeply for the stack, as a long linked list is. Return a flat array, or start Node with --stack-size',
  );
  error.cause = cause;
  return error;
}

function serialize(value: unknown): Buffer {
  const encoder = new Encoder();
  encoder.writeHeader();
  encoder.writeValue(value);
  return encoder.releaseBuffer();
}

/** v8.serialize, but for what it says of a value that cannot be sent. What a getter of the value throws stays as it is. */
class Encoder extends DefaultSerializer {
  /** Node calls it as a function, and with `new`; it is documented, and missing in the types. */
  readonly _getDataCloneError = notPlain;

  /** The same. */
  _getSharedArrayBufferId(): never {
    throw unserializable(
      'a SharedArrayBuffer is memory of one process alone. Return a copy of it, or write into sharedMemory()',
    );
  }
}

function notPlain(message: string): Error {
  const [what] = message.split('\n'); // of a native object Node shows all that is in it
  return unserializable(`${what} Return plain data: the structured clone algorithm says what is`);
}

function unserializable(why: string): Error {
  return codedError(
    new TypeError(`What the function returned cannot be sent to the parent: ${why}`),
    'ERR_POOL_UNSERIALIZABLE',
  );
}

/** The program has closed the pipe, or nobody reads it any more: there is no way to tell the parent anything. */
class PortClosed extends Error {
  constructor(result: number) {
    super(systemError('write', result).message);
  }
}

/** Of anything that was thrown: a proxy of the program's may throw at the question. */
export function isPortClosed(error: unknown): boolean {
  try {
    return error instanceof PortClosed;
  } catch {
    return false;
  }
}
