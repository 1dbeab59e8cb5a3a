// The input of map and each, as something with a length and indices.

import { invalidType } from '../errors.js';

export interface Items<T> {
  list: ArrayLike<T>;
  /** The iterator threw, after those. */
  failure?: { error: unknown };
}

/** A copy of an array's references: what the parent does to the array later is not seen. A typed array is taken as it is. */
export function materialise<T>(items: Iterable<T> | readonly T[]): Items<T> {
  if (Array.isArray(items)) return { list: items.slice() };
  if (ArrayBuffer.isView(items) && 'length' in items) return { list: items as unknown as ArrayLike<T> };
  if (typeof (items as Iterable<T> | null | undefined)?.[Symbol.iterator] !== 'function') {
    const isAsync = Symbol.asyncIterator in Object(items);
    throw invalidType('items', isAsync ? 'iterable, and not async: collect them first' : 'iterable', items);
  }
  const list: T[] = [];
  try {
    for (const item of items) list.push(item);
  } catch (error) {
    return { list, failure: { error } };
  }
  return { list };
}
