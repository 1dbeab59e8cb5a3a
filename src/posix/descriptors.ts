import { constants } from 'node:fs';
import { check, invalidType, systemError } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';

/**
 * Makes a pipe. Both ends are close-on-exec and blocking; a fork copies them, so that each process must close the
 * end that it does not use, or a reader never sees the end of the data. See pipe(2).
 *
 * @throws EMFILE, ENFILE: too many open descriptors.
 */
export function pipe(): [readFd: number, writeFd: number] {
  const ends = native.pipe();
  if (typeof ends === 'number') throw systemError('pipe', ends);
  return ends;
}

/**
 * Closes a descriptor of this process alone. See close(2).
 *
 * @throws EBADF: it is not open.
 */
export function close(fd: number): void {
  check('close', native.close(validate.fd('fd', fd)), { fd });
}

/** The most that one call of read gives by default: the capacity of a pipe on Linux. */
const PIPE_CAPACITY = 65_536;

/**
 * Reads once: what is there, up to `length` bytes. Waits while there is nothing and somebody may still write; an
 * empty buffer is the end of the file. Restarted after a signal. See read(2).
 *
 * @param length bytes, 0 to 2^31 - 1. Default 65,536.
 * @throws EBADF: not open for reading. EAGAIN: non-blocking, and there is nothing yet.
 */
export function read(fd: number, length = PIPE_CAPACITY): Buffer {
  const from = validate.fd('fd', fd);
  const buffer = Buffer.allocUnsafeSlow(validate.integer('length', length, 0, 2 ** 31 - 1));
  const count = check('read', native.read(from, buffer), { fd });
  // Mostly one reads less than there is room for: a short copy instead of a large block that is kept alive.
  return count === length ? buffer : Buffer.from(buffer.subarray(0, count));
}

/**
 * Writes once, and returns how many bytes were taken: all, except on a non-blocking descriptor. Waits while a pipe
 * is full. Restarted after a signal. See write(2).
 *
 * @param data bytes, or a string as UTF-8.
 * @throws EBADF: not open for writing. EPIPE: nobody can read it any more. EAGAIN: non-blocking, and full.
 */
export function write(fd: number, data: NodeJS.ArrayBufferView | string): number {
  const to = validate.fd('fd', fd);
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw invalidType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  }
  const bytes =
    typeof data === 'string'
      ? Buffer.from(data)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return check('write', native.write(to, bytes), { fd });
}

/** Flags of pipe2 and of open(2); these numbers differ between the platforms. */
export const O_NONBLOCK = constants.O_NONBLOCK;
export const O_CLOEXEC = process.platform === 'darwin' ? 0x1000000 : 0o2000000;

/**
 * Makes a pipe with exactly these flags: without O_CLOEXEC its ends pass to programs that are run. See pipe2(2).
 *
 * @param flags O_CLOEXEC and O_NONBLOCK, joined with `|`.
 * @throws EINVAL: other flags. EMFILE, ENFILE: too many open descriptors.
 */
export function pipe2(flags: number): [readFd: number, writeFd: number] {
  const ends = native.pipe2(validate.flags('flags', flags));
  if (typeof ends === 'number') throw systemError('pipe2', ends, { flags });
  return ends;
}

/**
 * Makes two connected Unix stream sockets: what is written to one is read from the other. Close-on-exec and blocking. See
 * socketpair(2).
 *
 * @throws EMFILE, ENFILE: too many open descriptors.
 */
export function socketpair(): [fd1: number, fd2: number] {
  const ends = native.socketpair();
  if (typeof ends === 'number') throw systemError('socketpair', ends);
  return ends;
}

/**
 * Another descriptor for the same open file: the lowest number that is free, close-on-exec, as in Python. See dup(2).
 *
 * @throws EBADF: not open. EMFILE: too many open descriptors.
 */
export function dup(fd: number): number {
  return check('dup', native.dup(validate.fd('fd', fd)), { fd });
}

/**
 * Makes `fd2` a descriptor for the same open file as `fd`, closing what it was. Programs that are run get it, unless
 * `inheritable` is false. Where both are one number it does nothing. See dup2(2).
 *
 * @returns `fd2`.
 * @throws EBADF: `fd` is not open, or `fd2` is negative or above the limit.
 */
export function dup2(fd: number, fd2: number, inheritable = true): number {
  const from = validate.fd('fd', fd);
  const to = validate.fd('fd2', fd2);
  return check('dup2', native.dup2(from, to, validate.boolean('inheritable', inheritable)), { fd, fd2 });
}

/**
 * Whether it is a terminal. See isatty(3).
 *
 * @throws EBADF: not open.
 */
export function isatty(fd: number): boolean {
  return check('isatty', native.isatty(validate.fd('fd', fd)), { fd }) === 1;
}

/**
 * Whether programs that are run get the descriptor: it is not close-on-exec. See fcntl(2), FD_CLOEXEC.
 *
 * @throws EBADF: not open.
 */
export function getInheritable(fd: number): boolean {
  return check('fcntl', native.getInheritable(validate.fd('fd', fd)), { fd }) === 1;
}

/** Sets that. A fork copies the descriptor either way. @throws EBADF: not open. */
export function setInheritable(fd: number, inheritable: boolean): void {
  const flag = validate.boolean('inheritable', inheritable);
  check('fcntl', native.setInheritable(validate.fd('fd', fd), flag), { fd });
}

/**
 * Whether read and write wait: it is not O_NONBLOCK. That belongs to the open file, and holds for every process that
 * shares it. See fcntl(2).
 *
 * @throws EBADF: not open.
 */
export function getBlocking(fd: number): boolean {
  return check('fcntl', native.getBlocking(validate.fd('fd', fd)), { fd }) === 1;
}

/** Sets that. @throws EBADF: not open. */
export function setBlocking(fd: number, blocking: boolean): void {
  const flag = validate.boolean('blocking', blocking);
  check('fcntl', native.setBlocking(validate.fd('fd', fd), flag), { fd });
}
