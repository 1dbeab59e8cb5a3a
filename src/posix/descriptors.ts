import { constants } from 'node:fs';
import { check, invalidType, systemError } from '../errors.js';
import { native } from '../native.js';
import * as validate from '../validate.js';
import { redirectStream } from './standard-streams.js';

/**
 * Makes a pipe. Both ends are close-on-exec and blocking; a fork copies them, so that each process must close the
 * end that it does not use, or a reader never sees the end of the data. See pipe(2).
 *
 * @returns `[readFd, writeFd]`.
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
 * On a terminal Node's own streams for 0 to 2 may have it open anew, under another number: they stay where they are, and what is
 * opened as 0 to 2 then is not theirs. dup2() reaches them.
 *
 * @param fd one that is open.
 * @throws EBADF: it is not open. EIO, ENOSPC, EDQUOT: something that was written earlier did not get to the file. The
 *   descriptor is closed then.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function close(fd: number): void {
  check('close', native.close(validate.fd('fd', fd)), { fd });
}

/** The most that one call of read gives by default: the capacity of a pipe on Linux. */
export const PIPE_CAPACITY = 65_536;

/** A Buffer whose memory nobody shares, as the versions of @types/node have it. */
export type Bytes = ReturnType<typeof Buffer.alloc>;

/**
 * Reads once: what is there, up to `length` bytes. Waits while there is nothing and somebody may still write; an
 * empty buffer is the end of the file. Restarted after a signal. See read(2).
 *
 * @param fd one that is open.
 * @param length bytes, 0 to 2^31 - 1. Default 65,536.
 * @returns what was read, in memory of its own: 0 to `length` bytes.
 * @throws EBADF: not open for reading. EAGAIN: non-blocking, and there is nothing yet. EISDIR: a directory. ECONNRESET: a
 *   socket, whose peer has gone. EIO: the terminal, read from the background. EINVAL: the file cannot be read.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `fd` or `length`.
 */
export function read(fd: number, length = PIPE_CAPACITY): Bytes {
  const from = validate.fd('fd', fd);
  const buffer = Buffer.allocUnsafeSlow(byteCount(length));
  return begin(buffer, check('read', native.read(from, buffer), { fd }));
}

export function byteCount(length: unknown): number {
  return validate.integer('length', length, 0, 2 ** 31 - 1);
}

/** Mostly one reads less than there is room for: a short copy instead of a large block that is kept alive. */
export function begin(buffer: Bytes, count: number): Bytes {
  return count === buffer.length ? buffer : Buffer.from(buffer.subarray(0, count));
}

/**
 * Writes once: all bytes, except on a non-blocking descriptor or where a file has no room for more. Waits while a pipe
 * is full. Restarted after a signal. See write(2).
 *
 * @param fd one that is open.
 * @param data bytes, or a string as UTF-8.
 * @returns how many bytes, 0 to all of them.
 * @throws EBADF: not open for writing. EPIPE: nobody can read it any more. EAGAIN: non-blocking, and full. ENOSPC, EDQUOT,
 *   EFBIG: no room in the file. ECONNRESET: a socket, whose peer has gone. EIO: the terminal or the disk. EINVAL: the
 *   file cannot be written to.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `fd` or `data`.
 */
export function write(fd: number, data: NodeJS.ArrayBufferView | string): number {
  const to = validate.fd('fd', fd);
  return check('write', native.write(to, bytesOf(data)), { fd });
}

export function bytesOf(data: NodeJS.ArrayBufferView | string): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  if (!ArrayBuffer.isView(data)) {
    throw invalidType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  }
  try {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  } catch {
    throw invalidType('data', 'a view of memory that has not been transferred', data);
  }
}

/** For pipe2: reads and writes do not wait, and fail with EAGAIN. The number differs between the platforms. See open(2). */
export const O_NONBLOCK = constants.O_NONBLOCK;
/** For pipe2: programs that are run do not get the ends. The number differs between the platforms. See open(2). */
export const O_CLOEXEC = process.platform === 'darwin' ? 0x1000000 : 0o2000000;

/**
 * Makes a pipe with exactly these flags: without O_CLOEXEC its ends pass to programs that are run. See pipe2(2).
 *
 * @param flags O_CLOEXEC and O_NONBLOCK, joined with `|`; 0: neither.
 * @returns `[readFd, writeFd]`.
 * @throws EINVAL: other flags. EMFILE, ENFILE: too many open descriptors. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `flags`.
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
 * @returns the two descriptors.
 * @throws EMFILE, ENFILE: too many open descriptors.
 */
export function socketpair(): [fd1: number, fd2: number] {
  const ends = native.socketpair();
  if (typeof ends === 'number') throw systemError('socketpair', ends);
  return ends;
}

/**
 * Makes another descriptor for the same open file: the lowest number that is free, close-on-exec, as in Python. See dup(2).
 *
 * @param fd one that is open.
 * @returns the new descriptor.
 * @throws EBADF: not open. EMFILE: too many open descriptors.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function dup(fd: number): number {
  return check('dup', native.dup(validate.fd('fd', fd)), { fd });
}

/**
 * Makes `fd2` a descriptor for the same open file as `fd`, closing what it was. Programs that are run get it, unless
 * `inheritable` is false. Where both are one number it does nothing. See dup2(2).
 *
 * On 0 to 2 it reaches process.stdin, stdout and stderr, too, though Node may have opened the terminal anew for them. What
 * such a stream had read before, and what it has not written yet, stays in it, as in C's stdio.
 *
 * @param fd one that is open.
 * @param fd2 the number that it is to have, too: 0 to RLIMIT_NOFILE - 1.
 * @param inheritable whether programs that are run get `fd2`. Default true.
 * @returns `fd2`.
 * @throws EBADF: `fd` is not open, or `fd2` is negative or above the limit. EBUSY: `fd2` is being opened at this moment, by
 *   another thread.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function dup2(fd: number, fd2: number, inheritable = true): number {
  const from = validate.fd('fd', fd);
  const to = validate.fd('fd2', fd2);
  const isInheritable = validate.boolean('inheritable', inheritable);
  const replace = () => native.dup2(from, to, isInheritable);
  return check('dup2', from === to ? replace() : redirectStream(from, to, replace), { fd, fd2 });
}

/**
 * Whether a descriptor is of a terminal. See isatty(3).
 *
 * @param fd one that is open.
 * @returns false for all else that is open.
 * @throws EBADF: not open.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function isatty(fd: number): boolean {
  return check('isatty', native.isatty(validate.fd('fd', fd)), { fd }) === 1;
}

/**
 * Whether programs that are run get the descriptor: it is not close-on-exec. A fork copies it either way. See fcntl(2),
 * FD_CLOEXEC.
 *
 * @param fd one that is open.
 * @returns false: it is closed when exec succeeds.
 * @throws EBADF: not open.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function getInheritable(fd: number): boolean {
  return check('fcntl', native.getInheritable(validate.fd('fd', fd)), { fd }) === 1;
}

/**
 * Sets whether programs that are run get the descriptor. A fork copies it either way. See fcntl(2), FD_CLOEXEC.
 *
 * @param fd one that is open.
 * @param inheritable false: it is closed when exec succeeds.
 * @throws EBADF: not open. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setInheritable(fd: number, inheritable: boolean): void {
  const flag = validate.boolean('inheritable', inheritable);
  check('fcntl', native.setInheritable(validate.fd('fd', fd), flag), { fd });
}

/**
 * Whether read and write wait: it is not O_NONBLOCK. That belongs to the open file, and holds for every process that
 * shares it. See fcntl(2), O_NONBLOCK.
 *
 * @param fd one that is open.
 * @returns false: they throw EAGAIN where they would wait.
 * @throws EBADF: not open.
 * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: no whole number of 32 bits.
 */
export function getBlocking(fd: number): boolean {
  return check('fcntl', native.getBlocking(validate.fd('fd', fd)), { fd }) === 1;
}

/**
 * Sets whether read and write wait, for every process that shares the open file. See fcntl(2), O_NONBLOCK.
 *
 * @param fd one that is open.
 * @param blocking false: they throw EAGAIN where they would wait.
 * @throws EBADF: not open. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: bad arguments.
 */
export function setBlocking(fd: number, blocking: boolean): void {
  const flag = validate.boolean('blocking', blocking);
  check('fcntl', native.setBlocking(validate.fd('fd', fd), flag), { fd });
}
