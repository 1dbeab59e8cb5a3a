// The wire format of answers: length of the payload (4 bytes), kind (1), index of the item (4), payload.

import { deserialize, serialize } from 'node:v8';
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

/** One frame, but for its payload. */
export interface Frame {
  kind: Kind;
  index: number;
}

const scratch = Buffer.alloc(HEADER + 8);
const NO_PAYLOAD = new Uint8Array(0);

/** @throws DataCloneError: it cannot be serialised. */
export function encodeValue(index: number, value: unknown): Uint8Array[] {
  if (value === undefined) return [header(KIND.nothing, index, 0)];
  if (typeof value === 'number') {
    scratch.writeDoubleLE(value, HEADER);
    header(KIND.number, index, 8);
    return [scratch];
  }
  return encode(KIND.value, index, serialize(value));
}

/** A large payload stays where it is; a small one is sent with its header in one write. */
export function encode(kind: Kind, index: number, payload: Uint8Array = NO_PAYLOAD): Uint8Array[] {
  const head = header(kind, index, payload.length);
  if (payload.length === 0) return [head];
  return payload.length < SMALL ? [Buffer.concat([head, payload])] : [head, payload];
}
const SMALL = 16_384;

function header(kind: Kind, index: number, length: number): Uint8Array {
  scratch.writeUInt32LE(length, 0);
  scratch[4] = kind;
  scratch.writeInt32LE(index, 5);
  return scratch.subarray(0, HEADER);
}

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
