// Takes what comes out of a pipe apart into frames. Small frames are parsed where they lie; a large one is read straight
// into the memory that its value is made from.

import { EAGAIN, systemError } from '../errors.js';
import { native } from '../native.js';
import { HEADER, isKind, type Kind } from './frames.js';

/** All reads of this process begin here; nothing stays in it from one to the next. */
const arrivals = Buffer.allocUnsafeSlow(65_536);
const NOTHING = Buffer.alloc(0);

export type TakeFrame = (kind: Kind, index: number, payload: Buffer) => void;

export class FrameReader {
  readonly #take: TakeFrame;
  /** The beginning of a header. */
  #rest = NOTHING;
  /** A payload that has not arrived as a whole. */
  #partial: Partial | undefined;

  constructor(take: TakeFrame) {
    this.#take = take;
  }

  /**
   * Reads once.
   *
   * @throws EBADMSG: these are no frames.
   */
  read(fd: number): 'some' | 'nothing yet' | 'end' {
    const into = this.#partial ? this.#partial.payload.subarray(this.#partial.filled) : arrivals;
    const count = native.read(fd, into);
    if (count === -EAGAIN) return 'nothing yet';
    if (count < 0) throw systemError('read', count, { fd });
    if (count === 0) return 'end';
    if (this.#partial) this.#grown(this.#partial, count);
    else this.#parse(arrivals.subarray(0, count));
    return 'some';
  }

  #grown(partial: Partial, count: number): void {
    partial.filled += count;
    if (partial.filled < partial.payload.length) return;
    this.#partial = undefined;
    this.#take(partial.kind, partial.index, partial.payload);
  }

  #parse(arrived: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, arrived]) : arrived;
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const length = bytes.readUInt32LE(at);
      const kind = bytes[at + 4] as number;
      const index = bytes.readInt32LE(at + 5);
      if (!isKind(kind)) throw notFrames();
      at += HEADER;
      const here = bytes.length - at;
      if (here < length) {
        const payload = Buffer.allocUnsafeSlow(length);
        bytes.copy(payload, 0, at);
        this.#partial = { kind, index, payload, filled: here };
        this.#rest = NOTHING;
        return;
      }
      this.#take(kind, index, bytes.subarray(at, at + length));
      at += length;
    }
    this.#rest = at === bytes.length ? NOTHING : Buffer.from(bytes.subarray(at));
  }
}

interface Partial {
  kind: Kind;
  index: number;
  payload: Buffer;
  filled: number;
}

function notFrames(): Error {
  return Object.assign(new Error('EBADMSG: a child wrote into the pipe of its answers'), { code: 'EBADMSG' });
}
