// Arguments are checked here, before any system call: nothing that is not a whole number in range gets through.

import { constants } from 'node:os';
import { codedError, invalidType, outOfRange } from './errors.js';

const INT_MAX = 2 ** 31 - 1;

export function integer(name: string, given: unknown, min: number, max: number): number {
  const value = given as number;
  if (!Number.isInteger(value)) throw invalidType(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
  // -0 is an integer to JavaScript, and 0 to the kernel.
  return value + 0;
}

/** The same, or Infinity: no limit. */
export function integerOrNone(name: string, given: unknown, min: number, max: number): number {
  return given === Infinity ? Infinity : integer(name, given, min, max);
}

/** A pid as wait and kill take it: a process, 0, -1, or a process group below -1. */
export function pidOrGroup(name: string, value: unknown): number {
  return integer(name, value, -INT_MAX - 1, INT_MAX);
}

/** A pid of one process. */
export function pid(name: string, value: unknown): number {
  return integer(name, value, 1, INT_MAX);
}

/** The same, or 0 for the caller. */
export function pidOrSelf(name: string, value: unknown): number {
  return integer(name, value, 0, INT_MAX);
}

/** A descriptor. One below 0 is for the kernel to refuse, with EBADF. */
export function fd(name: string, value: unknown): number {
  return integer(name, value, -INT_MAX - 1, INT_MAX);
}

export function flags(name: string, value: unknown): number {
  return integer(name, value, 0, INT_MAX);
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** As C has it: 1 or 0. */
export function boolean(name: string, value: unknown): number {
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value);
  return value ? 1 : 0;
}

export function callable<F>(name: string, value: F): F {
  if (typeof value !== 'function') throw invalidType(name, 'of type function', value);
  return value;
}

/** No array: a list in the place of named values is a mistake (`execve(path, argv, ['A=B'])`). */
export function object<O>(name: string, value: O): O {
  if (!isObject(value)) throw invalidType(name, 'of type object', value);
  return value;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of the options of a promise form, which has no other. */
export function signalAlone(options: { signal?: unknown }): AbortSignal | undefined {
  const signal = signalOption(options);
  if ((options as { timeout?: unknown }).timeout === undefined) return signal;
  const message =
    "There is no 'options.timeout' here, which would be left out: give { signal: AbortSignal.timeout(ms) }";
  throw codedError(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}

/** Of options with a signal among others. */
export function signalOption(options: { signal?: unknown }): AbortSignal | undefined {
  if (isAbortSignal(options)) throw invalidType('options', 'of type object: { signal }', options);
  const { signal } = object('options', options);
  if (signal === undefined || isAbortSignal(signal)) return signal;
  throw invalidType('options.signal', 'an instance of AbortSignal', signal);
}

/** As Node takes them: of the package abort-controller and of jsdom, too, whose classes are others. */
function isAbortSignal(value: unknown): value is AbortSignal {
  return isObject(value) && 'aborted' in value && 'addEventListener' in value;
}

/**
 * The name of a signal. Node has none for Linux's real-time signals, which are 'SIGRTMIN' to 'SIGRTMIN+30', nor for the two
 * that the C library keeps: 'SIG32', 'SIG33'. What tells of a signal tells of these by such a name, too, although its type is
 * NodeJS.Signals, for which most programs have use.
 */
export type SignalName = NodeJS.Signals | 'SIGRTMIN' | `SIGRTMIN+${number}` | `SIG${number}`;

/** A signal by name or number. */
export type Signal = SignalName | number;

const LAST_SIGNAL = process.platform === 'linux' ? 64 : 31;

/** The number of a signal; 0 only where `allowNone` says that it means "just look". */
export function signalNumber(name: string, value: unknown, allowNone = false): number {
  if (typeof value === 'number') return integer(name, value, allowNone ? 0 : 1, LAST_SIGNAL);
  if (typeof value !== 'string') throw invalidType(name, 'of type number or string', value);
  const number = Object.hasOwn(constants.signals, value)
    ? constants.signals[value as NodeJS.Signals]
    : otherSignals.get(value);
  if (number === undefined) throw unknownSignal(value);
  return number;
}

function unknownSignal(name: string): TypeError {
  const meant = `SIG${name.toUpperCase().replace(/^SIG/, '')}`;
  const advice = Object.hasOwn(constants.signals, meant) ? `. Did you mean '${meant}'?` : '';
  return Object.assign(new TypeError(`Unknown signal: ${name}${advice}`), { code: 'ERR_UNKNOWN_SIGNAL' });
}

const signalNames = new Map<number, NodeJS.Signals>();
for (const [name, number] of Object.entries(constants.signals)) {
  // Some numbers have two names (SIGABRT and SIGIOT, SIGIO and SIGPOLL); the first is the usual one.
  if (!signalNames.has(number)) signalNames.set(number, name as NodeJS.Signals);
}

/** Those that Node has no name for. */
const otherSignals = new Map<string, number>();
for (let number = 1; number <= LAST_SIGNAL; number++) {
  if (signalNames.has(number)) continue;
  const name = nameBeyondNode(number);
  otherSignals.set(name, number);
  signalNames.set(number, name);
}

function nameBeyondNode(number: number): NodeJS.Signals {
  const SIGRTMIN = 34;
  if (number < SIGRTMIN || number > LAST_SIGNAL) return `SIG${number}` as NodeJS.Signals;
  return (number === SIGRTMIN ? 'SIGRTMIN' : `SIGRTMIN+${number - SIGRTMIN}`) as NodeJS.Signals;
}

/** The name of a signal, as a person reads it; real-time signals are 'SIGRTMIN+n'. */
export function signalName(number: number): NodeJS.Signals {
  return signalNames.get(number) ?? nameBeyondNode(number);
}
