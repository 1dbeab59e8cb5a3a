// Node's own randomInt and randomUUID. A test may have put stubs in their place by the first fork: those draw nothing, and
// count who calls them.

import { isProxy } from 'node:util/types';
import { closedOver } from './closures.js';

/** The functions that draw from the batches which Node fills ahead. */
export interface Drawers {
  randomInt(max: number): unknown;
  randomUUID(): string;
}

/** undefined where there are only stubs to be found. */
export function drawers(): Drawers | undefined {
  const crypto = require('node:crypto') as typeof import('node:crypto');
  const { randomInt, randomUUID } = crypto;
  if (isNodes(randomInt, 'randomInt') && isNodes(randomUUID, 'randomUUID')) return { randomInt, randomUUID };
  // Others of the same module close over the same variables.
  for (const name of [
    'randomBytes',
    'randomFillSync',
    'randomFill',
    'checkPrimeSync',
    'checkPrime',
  ] as const) {
    const found = closedOver(crypto[name], ['randomInt', 'getBufferedUUID']);
    if (found === undefined) continue;
    const [randomInt, randomUUID] = found as [Drawers['randomInt'], Drawers['randomUUID']];
    return { randomInt, randomUUID };
  }
  return undefined;
}

/** Node's functions check their arguments. A stub has no cause to; node:test's is a proxy. */
function isNodes(value: unknown, name: string): boolean {
  if (typeof value !== 'function' || isProxy(value) || value.name !== name) return false;
  return /\bvalidate[A-Z]/.test(Function.prototype.toString.call(value));
}
