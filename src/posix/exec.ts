// exec(3): another program in this process, with the same pid, descriptors and children.

import { constants } from 'node:os';
import { basename } from 'node:path';
import { codedError, ENOENT, ENOTDIR, invalidType, systemError } from '../errors.js';
import { native } from '../native.js';
import { ignoredOnPurpose } from '../signals/on-purpose.js';
import { EXEC, recorder } from '../trace/recorder.js';
import { integer, object } from '../validate.js';

/** Names and values; a value of undefined is left out, as child_process does. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Replaces this program by another, which keeps the pid, the working directory, the signal mask and all descriptors that
 * are not close-on-exec. No 'exit' listeners run, and nothing of this program goes on. What Node had changed for itself
 * is put back: SIGPIPE and SIGXFSZ are not ignored (unless you had said so by sigaction), descriptors 0 to 2 block and
 * are passed on, as are those that this program was given from 3 on without a gap (unless you had said otherwise by
 * setInheritable), and the terminal is in its own mode. The raised limit of open files stays, as it does for programs of
 * child_process.
 *
 * It returns only by throwing, and then everything is as it was. See execv(3).
 *
 * @param path the program; not searched for. On Linux also a number: a descriptor that is open on it. See fexecve(3). That
 *   of a script must be inheritable, since the interpreter reads the script by it: else it is ENOENT.
 * @param argv its arguments, the first of which is the name that it is to know itself by; at least that one.
 * @returns never.
 * @throws ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, ENOEXEC (neither a binary nor `#!`), ETXTBSY,
 *   EISDIR, ELIBBAD, EINVAL, ENFILE, EMFILE, EIO, E2BIG, ENOMEM, EAGAIN: as execve(2) has them, with `path`; the syscall is
 *   'execve'. EBADF: the descriptor is not open. ENOSYS: a descriptor on macOS.
 * @throws ERR_INVALID_ARG_VALUE: a NUL byte, an empty `argv`, or an empty `argv[0]`. ERR_INVALID_ARG_TYPE: no string, or
 *   `argv` no array. ERR_OUT_OF_RANGE: no descriptor.
 */
export function execv(path: string | number, argv: readonly string[]): never {
  return execve(path, argv, process.env);
}

/**
 * execv with an environment of its own instead of the current one. See execve(2).
 *
 * @param path as for execv.
 * @param argv as for execv.
 * @param env all variables that the program is to have.
 * @returns never.
 * @throws what execv() throws. ERR_INVALID_ARG_VALUE: also a variable whose name is empty or has a '='.
 */
export function execve(path: string | number, argv: readonly string[], env: Environment): never {
  const program = typeof path === 'number' ? integer('path', path, 0, 2 ** 31 - 1) : string('path', path);
  const strings = checked(argv, env);
  const error = replace(program, strings.argv, strings.env);
  throw systemError('execve', error, { path });
}

/**
 * execv that looks for `file` in the directories of PATH, unless it has a slash in it. The error of a file that was found
 * but cannot be run comes before ENOENT. A file without `#!` is ENOEXEC: no shell is tried. See execvp(3).
 *
 * @param file a name, or a path.
 * @param argv as for execv.
 * @returns never.
 * @throws what execv() throws; `path` is the file that was found, or `file`.
 */
export function execvp(file: string, argv: readonly string[]): never {
  return execvpe(file, argv, process.env);
}

/**
 * execvp with an environment of its own, whose PATH is the one that counts, as in Python. See execvpe(3).
 *
 * @param file as for execvp.
 * @param argv as for execv.
 * @param env as for execve. Without PATH, /bin and /usr/bin are searched.
 * @returns never.
 * @throws what execvp() and execve() throw.
 */
export function execvpe(file: string, argv: readonly string[], env: Environment): never {
  string('file', file);
  const strings = checked(argv, env);
  if (file === '') throw systemError('execve', -ENOENT, { path: file }); // and not each directory of PATH
  const named = file.includes('/'); // not searched for
  const candidates = named
    ? [file]
    : (env.PATH ?? DEFAULT_PATH).split(':').map((directory) => `${directory || '.'}/${file}`);
  let found: { error: number; path: string } | undefined;
  for (const path of candidates) {
    const error = replace(path, strings.argv, strings.env);
    if (named || !ABSENT.has(error)) found ??= { error, path };
  }
  throw systemError('execve', found?.error ?? -ENOENT, { path: found?.path ?? file });
}

/** Returns only the error. */
function replace(program: string | number, argv: string[], env: string[]): number {
  const noted = recorder?.note(EXEC, 0, 0, 0, basename(argv[0] as string));
  const error = native.execve(program, argv, env, ignoredByNode());
  recorder?.cancel(noted);
  return error;
}

/** The numbers of the signals that Node ignores for itself. */
function ignoredByNode(): number[] {
  const names = (['SIGPIPE', 'SIGXFSZ'] as const).filter((name) => !ignoredOnPurpose(name));
  return names.map((name) => constants.signals[name]);
}

/** Of an environment without PATH: confstr(_CS_PATH). */
const DEFAULT_PATH = '/bin:/usr/bin';
const ABSENT: ReadonlySet<number> = new Set([-ENOENT, -ENOTDIR]);

function checked(argv: readonly string[], env: Environment): { argv: string[]; env: string[] } {
  if (!Array.isArray(argv)) throw invalidType('argv', 'an instance of Array', argv);
  if (argv.length === 0) throw invalidValue('argv', 'must not be empty: its first string is the name', argv);
  const copy = Array.from(argv, (argument, i) => string(`argv[${i}]`, argument));
  if (copy[0] === '') throw invalidValue('argv[0]', 'must not be empty', '');
  object('env', env);
  const variables: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    string(`env.${name}`, value);
    if (name === '' || /[=\0]/.test(name)) {
      throw invalidValue('env', 'must have names that are not empty, without "=" and NUL', name);
    }
    variables.push(`${name}=${value}`);
  }
  return { argv: copy, env: variables };
}

function string(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value);
  if (value.includes('\0')) throw invalidValue(name, 'must be a string without NUL bytes', value);
  return value;
}

function invalidValue(name: string, what: string, value: unknown): TypeError {
  return codedError(
    new TypeError(`The argument "${name}" ${what}. Received ${JSON.stringify(value)}`),
    'ERR_INVALID_ARG_VALUE',
  );
}
