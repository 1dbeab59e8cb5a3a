// The child's end of the pipe that its answers go through.

import { systemError } from '../errors.js';
import { native } from '../native.js';
import { encode, encodeValue, KIND } from './frames.js';
import { serializeThrown } from './thrown.js';

/** Items are numbered; this stands for the one of run(), and for none. */
export const NO_INDEX = -1;

export class Port {
  readonly #fd: number;
  /** The item that the child is at, for an error that nobody catches. */
  index = NO_INDEX;
  /** Whether anything was thrown. */
  failed = false;
  /** Whether the initialiser has run, if there is one. */
  isReady = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  ready(): void {
    this.isReady = true;
    this.#write(encode(KIND.ready, NO_INDEX));
  }

  begun(index: number): void {
    this.#write(encode(KIND.begun, index));
  }

  /** A value that cannot be serialised is an error of this item. */
  answer(index: number, value: unknown): void {
    let frame: Uint8Array[];
    try {
      frame = encodeValue(index, value);
    } catch (error) {
      this.thrown(index, error);
      return;
    }
    this.#write(frame);
  }

  thrown(index: number, error: unknown): void {
    this.failed = true;
    this.#write(encode(KIND.thrown, index, serializeThrown(error)));
  }

  initFailed(error: unknown): void {
    this.#write(encode(KIND.initFailed, NO_INDEX, serializeThrown(error)));
  }

  /** Blocks while the pipe is full: that is what holds a child back when nobody reads. */
  #write(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      for (let at = 0; at < part.length; ) {
        const count = native.write(this.#fd, at === 0 ? part : part.subarray(at));
        if (count < 0) throw new PortClosed('write', count, this.#fd);
        at += count;
      }
    }
  }
}

/** The program has closed the pipe, or nobody reads it any more: there is no way to tell the parent anything. */
export class PortClosed extends Error {
  constructor(syscall: string, result: number, fd: number) {
    super(systemError(syscall, result, { fd }).message);
  }
}
