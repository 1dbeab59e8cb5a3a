// Sets of signals: an iterable of names and numbers on the way in, a Set of names on the way out.

import { codedError, invalidType, outOfRange } from '../errors.js';
import { type Signal, signalName, signalNumber } from '../validate.js';

/** More members than there are signals are still a set, but what never ends is not. */
const MOST_MEMBERS = 1024;

/** The numbers of a set, each once. */
export function signalSet(name: string, given: Iterable<Signal>): number[] {
  if (typeof given !== 'object' || given === null || typeof given[Symbol.iterator] !== 'function') {
    throw invalidType(name, 'an iterable of signals, such as an Array or a Set', given);
  }
  const numbers = new Set<number>();
  let count = 0;
  for (const member of given) {
    if (count === MOST_MEMBERS) throw outOfRange(name, `at most ${MOST_MEMBERS} members long`, 'more');
    const number = signalNumber(`${name}[${count++}]`, member);
    if (isReserved(number)) throw outOfRange(name, 'without 32 and 33, which the C library keeps', number);
    numbers.add(number);
  }
  return [...numbers];
}

/** One that can be waited for: SIGKILL and SIGSTOP never can, and for nothing one would wait for ever. */
export function waitableSet(given: Iterable<Signal>): number[] {
  const numbers = signalSet('set', given).filter((number) => number !== SIGKILL && number !== SIGSTOP);
  if (numbers.length > 0) return numbers;
  throw codedError(
    new TypeError('The "set" argument must have a signal to wait for (SIGKILL and SIGSTOP cannot be)'),
    'ERR_INVALID_ARG_VALUE',
  );
}

export function namesOf(numbers: readonly number[]): Set<NodeJS.Signals> {
  return new Set(numbers.map(signalName));
}

const SIGKILL = 9;
const SIGSTOP = process.platform === 'darwin' ? 17 : 19;

function isReserved(number: number): boolean {
  return process.platform === 'linux' && (number === 32 || number === 33);
}
