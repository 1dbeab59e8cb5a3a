// In the child: what was thrown, as what can be sent. Whatever it is, something is; the more of it can be serialised, the
// more arrives.

import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import type { Thrown } from './errors.js';

/** Serialised; never throws. */
export function serializeThrown(thrown: unknown): Buffer {
  const { cause, properties, ...words } = describe(thrown);
  const full: Thrown = { ...words };
  if (cause !== undefined) {
    const sent = sendable(cause.value);
    if (sent) full.cause = sent.value;
  }
  for (const [key, value] of properties) {
    if (!serializable(value)) continue;
    full.properties ??= Object.create(null) as Record<string, unknown>;
    full.properties[key] = value;
  }
  return serialize(full);
}

interface Description {
  name: string;
  message: string;
  stack: string;
  cause?: { value: unknown };
  properties: [string, unknown][];
}

function describe(thrown: unknown): Description {
  if (!isError(thrown)) {
    const message = `Thrown: ${inspected(thrown)}`;
    return { name: 'Error', message, stack: `Error: ${message}`, cause: { value: thrown }, properties: [] };
  }
  const name = nameOf(thrown);
  const message = text(() => thrown.message) ?? '';
  const stack = text(() => thrown.stack) ?? `${name}: ${message}`;
  const properties = attempt(() => Object.entries(thrown)) ?? [];
  const words = { name, message, stack, properties: properties.filter(([key]) => !OWN.has(key)) };
  const cause = attempt(() => ('cause' in thrown ? { value: thrown.cause } : undefined));
  return cause ? { ...words, cause } : words;
}

/** What a RemoteError says by itself. */
const OWN: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause', 'pid', 'slot', 'index']);

/** The name of its class says more than "Error", which subclasses inherit. */
function nameOf(error: Error): string {
  const name = text(() => error.name) ?? 'Error';
  if (name !== 'Error') return name;
  return text(() => error.constructor.name) || name;
}

/** A cause that is an error is sent as plain words, too, unless it is one that arrives as it is. */
function sendable(value: unknown): { value: unknown } | undefined {
  if (serializable(value)) return { value };
  if (!isError(value)) return { value: inspected(value) };
  const { name, message, stack } = describe(value);
  const plain = new Error(message);
  plain.stack = stack || `${name}: ${message}`;
  return serializable(plain) ? { value: plain } : undefined;
}

function serializable(value: unknown): boolean {
  return attempt(() => serialize(value)) !== undefined;
}

function isError(value: unknown): value is Error {
  // By its looks, not its prototype: it may be from another vm context.
  return (
    attempt(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') ??
    false
  );
}

function text(get: () => unknown): string | undefined {
  return attempt(() => {
    const got = get();
    return got === undefined ? undefined : String(got);
  });
}

function inspected(value: unknown): string {
  return attempt(() => inspect(value)) ?? 'a value that cannot be shown';
}

/** Getters and proxies of the program's may throw. */
function attempt<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
