import * as os from 'just-fork';

/**
 * The child's end of its pipe. One write() takes everything and never blocks: 8 bytes for each of at most 640
 * individuals are far below the 64 KiB that a pipe holds (16 KiB on macOS). That is why the parent may wait
 * until the child has ended before it reads; children that have more to say need a parent that reads while
 * they run.
 */
export function sendResults(writeFd: number, results: Float64Array): void {
  os.write(writeFd, bytes(results));
}

/** The parent's end: the numbers of a child that has ended well. */
export function receiveResults(readFd: number, count: number): Float64Array {
  const results = new Float64Array(count);
  const received = os.read(readFd, results.byteLength);
  if (received.length !== results.byteLength) {
    throw new Error(`${received.length} of ${results.byteLength} bytes came through the pipe`);
  }
  bytes(results).set(received);
  return results;
}

/** The same memory, seen as the bytes that a pipe carries. */
function bytes(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
