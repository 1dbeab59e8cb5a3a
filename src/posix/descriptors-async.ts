// read and write as promises. The descriptor may be one that waits, and others may share it, so it is neither made
// non-blocking nor read from when the kernel says that there is something: another process could take that first, and we
// would wait. We read and write by a descriptor of our own, whose calls return at once.

import { check, EACCES, EAGAIN, EINVAL, systemError } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';
import { type Bytes, begin, byteCount, bytesOf, PIPE_CAPACITY } from './descriptors.js';
import { untilFound } from './until-found.js';
import { keepWatch } from './watches.js';

/**
 * read() that leaves the event loop free: the kernel wakes it (epoll, kqueue). It keeps the loop alive, and the file open,
 * until it is settled. One that is pending when this process forks belongs to the parent: in the child it never settles.
 * See read(2), poll(2).
 *
 * @param fd a pipe, a socket, a file, /dev/null; or anything that is non-blocking, such as a terminal after
 *   setBlocking(fd, false). On macOS a pipe must be, too.
 * @param length bytes, 0 to 2^31 - 1. Default 65,536.
 * @param options.signal stops waiting; nothing was read then.
 * @returns what was read: 0 to `length` bytes, none at the end of the file. Rejects with what read() throws, but EAGAIN; with
 *   EINVAL: it would wait, and there is no way around; with an AbortError (ABORT_ERR); with EMFILE, ENFILE: too many open
 *   descriptors; with EACCES: a blocking pipe of another user, as after setuid().
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function readAsync(
  fd: number,
  length = PIPE_CAPACITY,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Bytes> {
  const from = validate.fd('fd', fd);
  const size = byteCount(length);
  const signal = validate.signalAlone(options);
  let buffer: Bytes | undefined;
  return untilReady({ fd: from, syscall: 'read', signal }, (own) => {
    buffer ??= Buffer.allocUnsafeSlow(size);
    const count = native.readNow(own, buffer);
    return count === -EAGAIN ? undefined : begin(buffer, check('read', count, { fd }));
  });
}

/**
 * write() of all bytes that leaves the event loop free: where a pipe or socket is full, the kernel wakes it (epoll, kqueue).
 * It keeps the loop alive, and the file open, until it is settled. One that is pending when this process forks belongs to
 * the parent: in the child it never settles. Two at a time to one pipe may mix their bytes. See write(2), poll(2).
 *
 * @param fd as for readAsync.
 * @param data bytes, or a string as UTF-8. The bytes must stay as they are until it is settled.
 * @param options.signal stops waiting; `written` of the error says how many bytes had been written.
 * @returns how many bytes: all of them. Rejects with what write() throws, but EAGAIN, and with `written`; with EINVAL, EMFILE
 *   and ENFILE as readAsync; with an AbortError (ABORT_ERR).
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments; at once, not as a rejection.
 */
export function writeAsync(
  fd: number,
  data: NodeJS.ArrayBufferView | string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<number> {
  const to = validate.fd('fd', fd);
  const bytes = bytesOf(data);
  const signal = validate.signalAlone(options);
  let written = 0;
  const end = untilReady({ fd: to, syscall: 'write', signal }, (own) => {
    do {
      const count = native.writeNow(own, bytes.subarray(written));
      if (count === -EAGAIN) return undefined;
      if (check('write', count, { fd }) === 0) break; // it takes no more
      written += count;
    } while (written < bytes.length);
    return written;
  });
  return end.catch((error) => {
    throw Object.assign(error, { written });
  });
}

interface Transfer {
  fd: number;
  syscall: 'read' | 'write';
  signal: AbortSignal | undefined;
}

/** Tries by a descriptor of our own, until that does not say "not now". */
function untilReady<T>(
  { fd, syscall, signal }: Transfer,
  attempt: (own: number) => T | undefined,
): Promise<T> {
  const toWrite = syscall === 'write' ? 1 : 0;
  const own = native.openWithoutWaiting(fd, toWrite);
  if (own < 0) return Promise.reject(notOpened(fd, syscall, own));
  let watched = false; // then it is closed with the watch
  return untilFound(
    () => attempt(own),
    (look) => {
      watched = true;
      return keepWatch(check(syscall, native.watchReady(own, toWrite, look), { fd }));
    },
    signal,
  ).finally(() => {
    if (!watched) native.close(own);
  });
}

function notOpened(fd: number, syscall: string, result: number): Error {
  const error = systemError(syscall, result, { fd });
  if (result === -EINVAL) {
    error.message +=
      `: descriptor ${fd} is blocking, and of a kind that cannot be asked without waiting for it. ` +
      `Call setBlocking(${fd}, false) first, if nobody who shares it minds`;
  }
  if (result === -EACCES) {
    error.message +=
      `: the pipe is opened anew for this, and it belongs to the user that made it. ` +
      `Use setBlocking(${fd}, false), or os.fchown, before this process changes its user`;
  }
  return error;
}
