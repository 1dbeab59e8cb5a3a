// What the parent wrote to stdout or stderr before the fork, and what a full pipe has not taken yet, is the parent's to
// write: the reader sees it once.

import { native } from '../native.js';

interface BufferedWrite {
  chunk: Uint8Array | string;
  encoding: string;
}

/** In the child: the copies of such writes complete without writing. */
export function forgetOutput(inChild: boolean): void {
  if (!inChild) return;
  const descriptors = native.dropQueuedOutput();
  if (descriptors & 1) emptyBuffer(process.stdout);
  if (descriptors & 2) emptyBuffer(process.stderr);
}

/** While libuv is busy with one write, the stream keeps those that came after it; each stays, and becomes empty. */
function emptyBuffer(stream: NodeJS.WriteStream): void {
  const { _writableState } = stream as { _writableState?: { buffered?: BufferedWrite[] } };
  for (const write of _writableState?.buffered ?? []) {
    write.chunk = Buffer.alloc(0);
    write.encoding = 'buffer';
  }
}
