// What process.stdin, stdout and stderr do when another file takes the place of their descriptor. Node has chosen what they
// are when they were made: a terminal, which libuv opens anew and by another descriptor, a pipe, a socket or a file.

import { systemError } from '../errors.js';
import { native } from '../native.js';
import { nextTick } from '../timers.js';

interface Handle {
  fd: number;
  reading?: boolean;
}

/** A stream that libuv serves: one on a file has no handle, and takes whatever its descriptor is. */
interface StandardStream extends NodeJS.ReadableStream {
  fd: number;
  _handle?: Handle | null;
  _read?(size: number): void;
  push(chunk: Uint8Array | null): boolean;
  destroy(error: Error): void;
}

/** A part that is read at once. */
const PART = 65_536;

const NAMES = ['stdin', 'stdout', 'stderr'] as const;

/** Around a dup2() of `from` onto `target`, which `replace` makes; returns what that does. */
export function redirectStream(from: number, target: number, replace: () => number): number {
  const stream = findStream(target);
  const handle = stream?._handle;
  if (!stream || !handle) return replace();
  const reads = target === 0 && native.pollAnew(handle.fd); // the others write at once, and poll nothing
  const result = replace();
  if (result < 0) return result;
  if (handle.fd > 2) native.dup2(from, handle.fd, 0);
  const pollable = native.canBePolled(handle.fd) !== 0;
  if (!pollable) native.stopPolling(handle.fd);
  if (target === 0) readFrom(stream, handle, pollable, reads);
  return result;
}

/** Only one that is there: to look at process.stdout makes it, and to make it changes the open file or opens another. */
function findStream(fd: number): StandardStream | undefined {
  const name = NAMES[fd];
  if (name === undefined) return undefined;
  const { _getActiveHandles } = process as { _getActiveHandles?: () => object[] };
  const handles = (_getActiveHandles?.() ?? []) as StandardStream[];
  const found = handles.find((one) => one.fd === fd && one._handle);
  if (found) return found;
  // One that was unref'ed is not told of. On a terminal it cannot be known; then nothing polls 0 to 2.
  return native.hasStream(fd) ? (process[name] as unknown as StandardStream) : undefined;
}

/**
 * What cannot be polled never makes a reader wait: it is read at once.
 *
 * @param reads whether the event loop reads it; the child of forkChild had left that to its parent.
 */
function readFrom(stdin: StandardStream, handle: Handle, pollable: boolean, reads: boolean): void {
  if (!pollable) stdin._read = () => readAtOnce(stdin);
  else if (Object.hasOwn(stdin, '_read')) delete stdin._read;
  if (!handle.reading || (pollable && reads)) return;
  handle.reading = false;
  nextTick(() => stdin._read?.(PART)); // what it had asked the old file for
}

function readAtOnce(stdin: StandardStream): void {
  const buffer = Buffer.allocUnsafeSlow(PART); // a terminal's stream asks for 0 bytes
  const count = native.read(0, buffer);
  if (count < 0) stdin.destroy(systemError('read', count, { fd: 0 }));
  else stdin.push(count === 0 ? null : buffer.subarray(0, count));
}
