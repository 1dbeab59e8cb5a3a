import { invalidType } from '../errors.js';
import { limit, number, optionsOf } from './options.js';

/** Of keep. */
export interface KeepOptions {
  /**
   * Which children are replaced when they have ended: all, those that did not exit with 0, or none. true: all; false: none.
   * @default 'always'
   */
  restart?: 'always' | 'on-failure' | 'never' | boolean | undefined;
  /**
   * How many times in a row a slot is refilled although its children did not last. After that the keeper gives up: the
   * other children are ended, and wait() rejects.
   * @default Infinity
   */
  maxRestarts?: number | undefined;
  /** How long to wait before a slot is refilled. A number: the first delay, in milliseconds. */
  backoff?: Backoff | number | undefined;
  /** For onSpawn and onExit. */
  name?: string | undefined;
}

/**
 * When a slot is refilled: at once if its child had lasted; else after a delay, which doubles each time. In milliseconds.
 */
export interface Backoff {
  /** The first delay; 0 is taken as 1. @default 100 */
  initial?: number | undefined;
  /** The longest. @default 30000 */
  max?: number | undefined;
  /** How long a child must run to have lasted. @default 1000 */
  lasting?: number | undefined;
}

export interface CheckedKeepOptions {
  restart: 'always' | 'on-failure' | 'never';
  maxRestarts: number;
  initial: number;
  max: number;
  lasting: number;
}

export function checkedKeepOptions(given: unknown): CheckedKeepOptions {
  const options = optionsOf<KeepOptions>('options', given);
  const restart = restartOf(options.restart);
  const backoff = backoffOf(options.backoff);
  const time = (name: keyof Backoff, preset: number) =>
    number(`backoff.${name}`, backoff[name], preset, 0, 2 ** 31 - 1);
  return {
    restart,
    maxRestarts: limit('maxRestarts', options.maxRestarts, Infinity, 0, 2 ** 31 - 1),
    // A delay of nothing would be a loop.
    initial: Math.max(1, time('initial', 100)),
    max: Math.max(1, time('max', 30_000)),
    lasting: time('lasting', 1000),
  };
}

function restartOf(given: KeepOptions['restart'] = 'always'): CheckedKeepOptions['restart'] {
  if (typeof given === 'boolean') return given ? 'always' : 'never';
  if (given === 'always' || given === 'on-failure' || given === 'never') return given;
  throw invalidType('options.restart', `'always', 'on-failure', 'never' or a boolean`, given);
}

function backoffOf(given: KeepOptions['backoff']): Backoff {
  return typeof given === 'number' ? { initial: given } : optionsOf<Backoff>('options.backoff', given);
}
