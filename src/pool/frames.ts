// The wire format of answers: length of the payload (4 bytes), kind (1), index of the item (4), payload; little-endian. The
// native side writes them (native/core/frame.cc).

import { DefaultDeserializer, type Deserializer } from 'node:v8';
import { type Place, RemoteError, type Thrown } from './errors.js';

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

/** What came with a frame: of a `number` that number. Or why it could not be taken in. */
export type Payload = Buffer | number | Error;

/** How many a payload that was taken in has. */
export function bytesOf(payload: Payload): number {
  return Buffer.isBuffer(payload) ? payload.length : 8;
}

/** Of a `nothing`, `number` or `value` frame. */
function decodeValue(kind: Kind, payload: Payload): unknown {
  if (kind === KIND.nothing) return undefined;
  if (kind === KIND.number) return numberOf(payload);
  return decode(payload);
}

function numberOf(payload: Payload): number {
  if (typeof payload === 'number') return payload;
  throw payload;
}

function bytes(payload: Payload): Buffer {
  if (Buffer.isBuffer(payload)) return payload;
  throw payload;
}

/** As an outcome: what a child could write cannot always be read, for want of stack or memory. */
export function decodeAnswer(kind: Kind, payload: Payload): { value: unknown } | { error: Error } {
  try {
    return { value: decodeValue(kind, payload) };
  } catch (cause) {
    return { error: unreadable('answer', cause) };
  }
}

export function decodeError(payload: Payload, place: Place): Error {
  try {
    return new RemoteError(decode(payload) as Thrown, place);
  } catch (cause) {
    return unreadable('error', cause);
  }
}

function unreadable(what: string, cause: unknown): Error {
  return new Error(`The ${what} that the child has sent cannot be read: ${(cause as Error).message}`, {
    cause,
  });
}

/** v8.deserialize, but that nothing in the result is a view on the payload, whose memory is used again. */
function decode(payload: Payload): unknown {
  const decoder = new Decoder(bytes(payload));
  decoder.readHeader();
  return decoder.readValue();
}

/** Documented by Node, and missing in its types. */
interface ReadsHostObjects {
  new (bytes: Buffer): Deserializer & { _readHostObject(): ArrayBufferView };
}

class Decoder extends (DefaultDeserializer as unknown as ReadsHostObjects) {
  /** Of a typed array, a DataView or a Buffer: each has a whole ArrayBuffer of its own, as where it was made. */
  override _readHostObject(): ArrayBufferView {
    const view = super._readHostObject();
    const { buffer, byteOffset, byteLength } = view;
    const own = buffer.slice(byteOffset, byteOffset + byteLength);
    if (Buffer.isBuffer(view)) return Buffer.from(own);
    return new (view.constructor as Uint8ArrayConstructor)(own);
  }
}

export function isKind(kind: number): kind is Kind {
  return kind >= KIND.ready && kind <= LAST_KIND;
}
