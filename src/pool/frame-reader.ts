// Takes what comes out of a pipe apart into frames. Small frames are parsed where they lie; a large one is read straight
// into the memory that its value is made from.

import { EAGAIN, systemError } from '../errors.js';
import { native } from '../native.js';
import { HEADER, isKind, KIND, type Kind, type Payload } from './frames.js';

/**
 * What reads begin with; nothing stays in it from one to the next. None while it is taken apart: a callback may have another
 * pipe looked at.
 */
let arrivals: Buffer | undefined;
const PART = 65_536;
const NOTHING = Buffer.alloc(0);

export type TakeFrame = (kind: Kind, index: number, payload: Payload) => void;

export class FrameReader {
  readonly #take: TakeFrame;
  /** The beginning of a header. */
  #rest = NOTHING;
  /** A payload that has not arrived as a whole. */
  #partial: Partial | undefined;

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  /** Bytes that are yet to come of a payload that has begun to arrive. */
  get missing(): number {
    return this.#partial?.missing ?? 0;
  }

  /**
   * Reads once.
   *
   * @throws EBADMSG: these are no frames.
   */
  read(fd: number): 'some' | 'nothing yet' | 'end' {
    const buffer = arrivals ?? Buffer.allocUnsafeSlow(PART);
    arrivals = undefined;
    try {
      return this.#readInto(buffer, fd);
    } finally {
      arrivals = buffer;
    }
  }

  #readInto(buffer: Buffer, fd: number): 'some' | 'nothing yet' | 'end' {
    const into = this.#partial ? rest(this.#partial, buffer) : buffer;
    const count = native.read(fd, into);
    if (count === -EAGAIN) return 'nothing yet';
    if (count < 0) throw systemError('read', count, { fd });
    if (count === 0) return 'end';
    if (this.#partial) this.#grown(this.#partial, count);
    else if (this.#rest.length === 0) this.#parse(buffer, count);
    else this.#parse(Buffer.concat([this.#rest, buffer.subarray(0, count)]), this.#rest.length + count);
    return 'some';
  }

  #grown(partial: Partial, count: number): void {
    partial.missing -= count;
    if (partial.missing > 0) return;
    this.#partial = undefined;
    const { kind, index, payload } = partial;
    this.#take(kind, index, Buffer.isBuffer(payload) ? payloadOf(kind, payload, 0, payload.length) : payload);
  }

  #parse(bytes: Buffer, end: number): void {
    let at = 0;
    while (end - at >= HEADER) {
      const length = int32(bytes, at) >>> 0;
      const kind = bytes[at + 4] as number;
      const index = int32(bytes, at + 5);
      if (!isKind(kind) || (kind === KIND.number && length !== BYTES_OF_NUMBER)) throw new NotFrames();
      at += HEADER;
      const here = end - at;
      if (here < length) {
        const payload = allocate(length);
        if (Buffer.isBuffer(payload)) bytes.copy(payload, 0, at, end);
        this.#partial = { kind, index, payload, missing: length - here };
        this.#rest = NOTHING;
        return;
      }
      this.#take(kind, index, payloadOf(kind, bytes, at, length));
      at += length;
    }
    this.#rest = at === end ? NOTHING : Buffer.from(bytes.subarray(at, end));
  }
}

/** A number is read here, without a Buffer of its own: for the same reason as below. */
function payloadOf(kind: Kind, bytes: Buffer, at: number, length: number): Payload {
  if (length === 0) return NOTHING;
  if (kind !== KIND.number) return bytes.subarray(at, at + length);
  for (let i = 0; i < BYTES_OF_NUMBER; i++) numberBytes[i] = bytes[at + i] as number;
  return numberView.getFloat64(0, true);
}

const BYTES_OF_NUMBER = 8;
const numberBytes = new Uint8Array(BYTES_OF_NUMBER);
const numberView = new DataView(numberBytes.buffer);

interface Partial {
  kind: Kind;
  index: number;
  payload: Payload;
  /** Bytes that are yet to come. */
  missing: number;
}

/** Where they are read to. Those of a payload that there is no memory for are read as well, for behind them is the next frame. */
function rest({ payload, missing }: Partial, buffer: Buffer): Buffer {
  return Buffer.isBuffer(payload) ? payload.subarray(-missing) : buffer.subarray(0, missing);
}

function allocate(length: number): Payload {
  try {
    return Buffer.allocUnsafeSlow(length);
  } catch (cause) {
    return new Error(`it takes ${length} bytes, too many for the memory of this process`, { cause });
  }
}

/** As readInt32LE() has it, which calls more: each function that runs between two forks writes to a page or two. */
function int32(bytes: Record<number, number>, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
  return low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
}

/** Of read(), and not of who takes the frames. */
export function isReadError(error: unknown): error is Error {
  return error instanceof NotFrames || (error as { syscall?: unknown }).syscall === 'read';
}

class NotFrames extends Error {
  readonly code = 'EBADMSG';

  constructor() {
    super('EBADMSG: a child wrote into the pipe of its answers');
  }
}
