// In the child: what was thrown, as what can be sent. Whatever it is, something is; the more of it can be serialised, the
// more arrives.

import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { withoutOurs } from '../call-site.js';
import type { Sent, Thrown } from './errors.js';

/** Serialised; never throws. */
export function serializeThrown(thrown: unknown): Buffer {
  return serialize(isError(thrown) ? describe(thrown, new Set()) : describeOther(thrown));
}

function describeOther(thrown: unknown): Thrown {
  const message = `Thrown: ${inspected(thrown)}`;
  return { name: 'Error', message, stack: `Error: ${message}`, cause: sendable(thrown, new Set()) };
}

/** @param within the errors that this one is a part of. */
function describe(error: Error, within: Set<unknown>): Thrown {
  within.add(error);
  const name = nameOf(error);
  const message = text(() => error.message) ?? '';
  const stack = withoutOurs(text(() => error.stack) ?? `${name}: ${message}`);
  const description: Thrown = { name, message, stack };
  const cause = attempt(() => ('cause' in error ? { value: error.cause } : undefined));
  if (cause) description.cause = sendable(cause.value, within);
  const errors = attempt(() => errorsOf(error)?.map((one) => sendable(one, within)));
  if (errors) description.errors = errors;
  for (const key of attempt(() => Object.keys(error)) ?? []) {
    if (OWN.has(key) || (within.size === 1 && PLACE.has(key))) continue;
    const read = attempt(() => ({ value: (error as unknown as Record<string, unknown>)[key] }));
    if (read === undefined || (!isError(read.value) && !serializable(read.value))) continue;
    description.properties ??= Object.create(null) as Record<string, Sent>;
    description.properties[key] = sendable(read.value, within);
  }
  within.delete(error);
  return description;
}

const OWN: ReadonlySet<string> = new Set(['name', 'message', 'stack', 'cause']);
/** What a RemoteError says by itself. */
const PLACE: ReadonlySet<string> = new Set(['pid', 'slot', 'index']);

/** An AggregateError does not list them among its properties; what others call so, they do. */
function errorsOf(error: Error): unknown[] | undefined {
  const { errors } = error as Partial<AggregateError>;
  return Array.isArray(errors) && !Object.keys(error).includes('errors') ? errors : undefined;
}

/** The name of its class says more than "Error", which subclasses inherit. */
function nameOf(error: Error): string {
  const name = text(() => error.name) ?? 'Error';
  if (name !== 'Error') return name;
  return text(() => error.constructor.name) || name;
}

/** As it is if it can be, and in words if not. */
function sendable(value: unknown, within: Set<unknown>): Sent {
  if (!isError(value)) return { value: serializable(value) ? value : inspected(value) };
  // A circle, or a program whose errors make ever more.
  if (within.has(value) || within.size >= DEEPEST) return { value: text(() => value) };
  return { thrown: describe(value, within) };
}

const DEEPEST = 20;

/** There and back: V8 writes an error whose cause is a circle, and cannot read it. */
function serializable(value: unknown): boolean {
  return attempt(() => [deserialize(serialize(value))]) !== undefined;
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
