import { CallSite, forgetPlace } from '../call-site.js';
import { foreignThreads } from '../child/foreign-threads.js';
import { codedError, hidden } from '../errors.js';
import type { Exit } from './exit.js';

/** Where an error came about: in which child, and for map and each at which item. */
export interface Place {
  /** The child. */
  pid: number;
  /** Its slot, 0 to slots-1. */
  slot: number;
  /** Of the item, in map and each; undefined in run. */
  index?: number;
}

/**
 * What a child threw, or rejected with. It has the name and message that it had there, its stack and then that of the call,
 * both without this package's frames, and its own properties (`code`, say) as far as they can be serialised; it is no instance
 * of the class that it was.
 *
 * `cause` is that of the error, with what it had in the child; of something thrown that is no error, it is the thing itself.
 */
export class RemoteError extends Error {
  /** The child in which it was thrown. */
  declare readonly pid: number;
  /** Its slot, 0 to slots-1. */
  declare readonly slot: number;
  /** Of the item, in map and each; undefined in run. */
  declare readonly index?: number;

  /** @internal */
  constructor(thrown: Thrown, place: Place) {
    super(thrown.message);
    forgetPlace(this);
    furnish(this, thrown);
    Object.assign(this, place);
  }
}

/** With all that it had in the child. */
function furnish(error: Error, { name, stack, cause, errors, properties }: Thrown): Error {
  hidden(error, 'name', name);
  hidden(error, 'stack', stack);
  if (cause) hidden(error, 'cause', received(cause));
  if (errors) hidden(error, 'errors', errors.map(received));
  for (const [key, value] of Object.entries(properties ?? {})) hidden(error, key, received(value), true);
  return error;
}

/** An error of the language is of the same class here; another one is an Error with its name. */
function received(sent: Sent): unknown {
  if ('value' in sent) return sent.value;
  const { thrown } = sent;
  const Class = CLASSES.find(({ name }) => name === thrown.name) ?? Error;
  return furnish(new Class(thrown.message), thrown);
}

const CLASSES = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** What a child sends of what was thrown in it. */
export interface Thrown {
  name: string;
  message: string;
  stack: string;
  cause?: Sent;
  /** Of an AggregateError. */
  errors?: Sent[];
  properties?: Record<string, Sent>;
}

/** What came with it: an error, which node:v8 would send without its properties; or anything else. */
export type Sent = { thrown: Thrown } | { value: unknown };

/**
 * A child ended without an answer: by a signal, by process.exit, out of memory; or somebody else reaped it. From a keeper:
 * it ended before it had lasted.
 */
export class ChildDiedError extends Error {
  /** Always 'ERR_CHILD_DIED'. */
  readonly code = 'ERR_CHILD_DIED';
  /** The child. */
  readonly pid: number;
  /** Its slot, 0 to slots-1. */
  readonly slot: number;
  /** 0 to 255, or null if a signal ended it or nobody knows. */
  readonly exitCode: number | null;
  /** What ended it, or null. */
  readonly signal: NodeJS.Signals | null;
  /** Of the item that it was at, in map and each; undefined in run and keep. */
  declare readonly index?: number;

  /** @internal */
  constructor(exit: Exit, index?: number, tooSoon = 'without an answer') {
    const { pid, slot, exitCode, signal } = exit;
    super(`Child ${pid} of slot ${slot} ${howItEnded(exit)}${atItem(index)}, ${tooSoon}`);
    hidden(this, 'name', 'ChildDiedError');
    this.pid = pid;
    this.slot = slot;
    this.exitCode = exitCode;
    this.signal = signal;
    if (index !== undefined) this.index = index;
  }
}

function howItEnded({ kind, exitCode, signal }: Exit): string {
  if (kind === 'lost') return 'was reaped by somebody else, or SIGCHLD is ignored';
  return signal === null ? `ended with exit code ${exitCode}` : `was ended by ${signal}`;
}

const atItem = (index: number | undefined) => (index === undefined ? '' : ` at item ${index}`);

export function timedOut(milliseconds: number, place: Place): Error {
  const threads = foreignThreads();
  const lacks =
    threads.length === 0
      ? ''
      : `. It has none of its parent's threads ${threads.join(', ')}, and what needs them waits for ever: if they are of a ` +
        'native module, load that in the child alone';
  const error = new Error(
    `Child ${place.pid} of slot ${place.slot} took more than ${milliseconds} ms${atItem(place.index)}${lacks}`,
  );
  hidden(error, 'name', 'TimeoutError');
  return Object.assign(codedError(error, 'ERR_POOL_TIMEOUT'), place, { timeout: milliseconds });
}

/** Of a call that the pool does not take, or has ended: its stack is that of the program's call. */
function poolError(code: string, message: string, options?: ErrorOptions): Error {
  return new CallSite().sign(codedError(new Error(message, options), code));
}

export const queueFull = (waiting: number, maxQueue: number) =>
  poolError(
    'ERR_POOL_QUEUE_FULL',
    `${waiting} calls wait for a free slot, and maxQueue is ${maxQueue}: await pool.ready() first`,
  );

export const inChild = () =>
  poolError(
    'ERR_POOL_IN_CHILD',
    'This pool belongs to the process that made it, and this is a child of it, or a function that a pool of 0 slots runs ' +
      'in the place of one: make a new one',
  );

export const closed = () => poolError('ERR_POOL_CLOSED', 'The pool is closed');

export const killed = (why: string) => poolError('ERR_POOL_KILLED', `The pool's children were ended: ${why}`);

export const keeping = () =>
  poolError(
    'ERR_POOL_KEEPING',
    'A keeper has all slots of this pool: use another pool for run, map and each',
  );

export const broken = (cause: Error) =>
  poolError('ERR_POOL_BROKEN', 'The initialiser failed in a child, and would in the next', { cause });
