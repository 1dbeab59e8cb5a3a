// stdout and stderr where a pipe is full: libuv is busy with one write, and the stream keeps those that came after it.

import { native } from '../native.js';
import { repairInChildren } from './repair.js';

interface BufferedWrite {
  chunk: Uint8Array | string;
  encoding: string;
}

interface StandardStream extends NodeJS.WriteStream {
  _writableState?: {
    buffered?: BufferedWrite[];
    /** The callbacks of writes come with the next tick, and not at once. */
    sync?: boolean;
  };
}

/**
 * In the child: what the parent wrote before the fork, and what the pipe has not taken yet, is the parent's to write: the
 * reader sees it once. Here it is done at once, or what the child writes would wait for it.
 */
function forgetOutput(inChild: boolean): void {
  const unfinished = native.unfinishedOutput();
  if (!inChild) {
    if (unfinished === 0) flushOutput(); // a rehearsal of that, too
    return;
  }
  if (bequeaths) return;
  if (unfinished & 1) finish(process.stdout, 1, false);
  if (unfinished & 2) finish(process.stderr, 2, false);
}

let bequeaths = false;

/** Around the fork of a parent that ends at once: there is nobody else to write what it has printed. */
export function bequeathOutput<T>(fork: () => T): T {
  bequeaths = true;
  try {
    return fork();
  } finally {
    bequeaths = false;
  }
}

/** Before a child ends by itself: waits until the pipe has taken all. */
export function flushOutput(): void {
  for (let unfinished = native.unfinishedOutput(); unfinished !== 0; unfinished = native.unfinishedOutput()) {
    if (unfinished & 1) finish(process.stdout, 1, true);
    if (unfinished & 2) finish(process.stderr, 2, true);
  }
}

/** One write; then the stream begins the next, with all that it has kept. */
function finish(stream: StandardStream, fd: number, really: boolean): void {
  const { _writableState: state } = stream;
  if (state) {
    state.sync = true;
    if (!really) for (const write of state.buffered ?? []) empty(write);
  }
  native.finishOutput(fd, really);
}

function empty(write: BufferedWrite): void {
  write.chunk = Buffer.alloc(0);
  write.encoding = 'buffer';
}

repairInChildren(forgetOutput);
