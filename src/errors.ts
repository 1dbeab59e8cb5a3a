// The two kinds of errors: the system said no (code, errno, syscall), or the arguments never reached it.

import { constants } from 'node:os';
import { native } from './native.js';

/** An error of a system call, shaped like Node's own. */
export interface SystemError extends Error {
  /** The name of the error number: 'ECHILD'. */
  code: string;
  /** The number, negative as in Node's own errors. */
  errno: number;
  /** The call: 'waitpid'. */
  syscall: string;
}

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));
// Some numbers have two names; these are the ones that the man pages of our calls use.
for (const name of ['EAGAIN', 'EOPNOTSUPP'] as const) names.set(constants.errno[name], name);

/** Makes the error for a call that answered `result`, which is `-errno`; `detail` holds what else to tell. */
export function systemError(
  syscall: string,
  result: number,
  detail: Record<string, unknown> = {},
): SystemError {
  const code = names.get(-result) ?? `E${-result}`;
  const text = native.errorText(-result);
  const message = `${code}: ${text.charAt(0).toLowerCase()}${text.slice(1)}, ${syscall}`;
  return Object.assign(new Error(message), { code, errno: result, syscall }, detail);
}

/** Those that the package itself asks for; some differ between the platforms. */
export const {
  EACCES,
  EAGAIN,
  EBUSY,
  ECHILD,
  EDEADLK,
  EINVAL,
  ENOENT,
  ENOSYS,
  ENOTDIR,
  EOVERFLOW,
  EPERM,
  ESRCH,
  ETIMEDOUT,
} = constants.errno;

export function isErrno(error: unknown, errno: number): boolean {
  return (error as Partial<SystemError> | null)?.errno === -errno;
}

/** Passes a good answer on, and throws for one that is `-errno`. */
export function check(syscall: string, result: number, detail?: Record<string, unknown>): number {
  if (result < 0) throw systemError(syscall, result, detail);
  return result;
}

export function codedError<E extends Error>(error: E, code: string): E & { code: string } {
  return Object.assign(error, { code });
}

/** Of anything that a program may have thrown: also of what throws when it is looked at. */
export function codeOf(error: unknown): unknown {
  try {
    return (error as { code?: unknown } | null | undefined)?.code;
  } catch {
    return undefined;
  }
}

/** How Node shows a wrong value in its own messages; one that refuses to be looked at is still only a wrong value. */
function received(value: unknown): string {
  try {
    return describe(value);
  } catch {
    return `a ${typeof value} that cannot be read`;
  }
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return `${value}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value === 'object') return `an instance of ${value.constructor?.name || 'Object'}`;
  const shown = typeof value === 'string' ? `'${value.slice(0, 25)}'` : String(value);
  return `type ${typeof value} (${shown})`;
}

export function invalidType(name: string, expected: string, value: unknown): TypeError {
  return codedError(
    new TypeError(`The "${name}" argument must be ${expected}. Received ${received(value)}`),
    'ERR_INVALID_ARG_TYPE',
  );
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  return codedError(
    new RangeError(`The value of "${name}" is out of range. It must be ${range}. Received ${String(value)}`),
    'ERR_OUT_OF_RANGE',
  );
}

/** As an error's own name and stack are: not listed. `properties` may be called anything, "__proto__" too. */
export function hidden(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

/** How Node's own calls reject when their AbortSignal says so. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  hidden(error, 'name', 'AbortError');
  return codedError(error, 'ABORT_ERR');
}
