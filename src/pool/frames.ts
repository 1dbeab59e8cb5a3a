// The wire format of answers: length of the payload (4 bytes), kind (1), index of the item (4), payload; little-endian. The
// native side writes them (native/core/frame.cc).

import { deserialize } from 'node:v8';
import type { Thrown } from './errors.js';

export const HEADER = 9;

/** What a frame says. */
export const KIND = {
  /** The initialiser has run; the child begins with its items. */
  ready: 1,
  /** What the initialiser threw. */
  initFailed: 2,
  /** The child begins with this item. */
  begun: 3,
  /** What the item threw. */
  thrown: 4,
  /** The value is undefined. */
  nothing: 5,
  /** A number: 8 bytes. */
  number: 6,
  /** Anything else, serialised by node:v8. */
  value: 7,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];
const LAST_KIND = KIND.value;

/** Of a `nothing`, `number` or `value` frame. */
export function decodeValue(kind: Kind, payload: Buffer): unknown {
  if (kind === KIND.nothing) return undefined;
  if (kind === KIND.number) return payload.readDoubleLE(0);
  // Typed arrays in the result are views on these bytes, so they must be nobody else's.
  const own = payload.length === payload.buffer.byteLength;
  return deserialize(own ? payload : Buffer.from(payload));
}

export function decodeThrown(payload: Buffer): Thrown {
  return deserialize(payload) as Thrown;
}

export function isKind(kind: number): kind is Kind {
  return kind >= KIND.ready && kind <= LAST_KIND;
}
