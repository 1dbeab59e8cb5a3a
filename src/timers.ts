// Node's own timers and clock, taken when the package is loaded. A test may put fakes in their place, globally and in
// node:timers, and what the package does would wait for that test to move its clock.

import { performance } from 'node:perf_hooks';
import timers from 'node:timers';

type Timers = Pick<typeof timers, 'clearTimeout'> & {
  setImmediate(call: (nothing?: undefined) => void): NodeJS.Immediate;
  setTimeout(call: () => void, milliseconds?: number): NodeJS.Timeout;
};

export const { clearTimeout, setImmediate, setTimeout } = areFakes() ? (ofASocket() ?? timers) : timers;
export const { nextTick } = process;
/** performance.now(), which fakes leave alone in the class. */
export const now: () => number = Object.getPrototypeOf(performance).now.bind(performance);

/** They were there before the package: what they make has no callback where Node has it, also with a wrapper around its own. */
function areFakes(): boolean {
  const timeout = timers.setTimeout(() => {}, 0);
  const immediate = timers.setImmediate(() => {});
  timers.clearTimeout(timeout);
  timers.clearImmediate(immediate);
  return !('_onTimeout' in Object(timeout) && '_onImmediate' in Object(immediate));
}

/** A socket has a timer of Node's own, of whose class others can be made: they begin when they are refreshed. */
function ofASocket(): Timers | undefined {
  const { Socket } = require('node:net') as typeof import('node:net');
  const socket = new Socket().setTimeout(1) as unknown as Record<symbol, object | undefined>;
  const symbol = Object.getOwnPropertySymbols(socket).find(
    (symbol) => '_onTimeout' in Object(socket[symbol]),
  );
  const timer = symbol && (socket[symbol] as NodeJS.Timeout);
  if (timer === undefined) return undefined;
  timer.close();
  const Timeout = timer.constructor as TimeoutClass;
  const setTimeout = (call: () => void, milliseconds = 1) =>
    new Timeout(call, milliseconds, undefined, false, true).refresh();
  return {
    clearTimeout: (timeout) => (timeout as NodeJS.Timeout | undefined)?.close(),
    setImmediate: (call) => setTimeout(call) as object as NodeJS.Immediate,
    setTimeout,
  };
}

type TimeoutClass = new (
  call: () => void,
  milliseconds: number,
  args: undefined,
  repeats: boolean,
  isRefed: boolean,
) => NodeJS.Timeout;
