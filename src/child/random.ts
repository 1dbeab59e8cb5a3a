// Random numbers drawn ahead are copied by a fork, and all children would go on with the same ones: fatal for a
// genetic algorithm, a security hole for identifiers. Here each batch that Node and V8 keep is made anew in the child.

import { check } from '../errors.js';
import { native } from '../native.js';
import { drawers } from './drawers.js';
import { isLoaded } from './loaded.js';
import { rehearseAnew, repairInChildren } from './repair.js';
import { watchVm } from './vm.js';

const BATCH = 512;

/** V8's own. Its batch cannot be reached, so a child draws from ours instead. */
const v8Random = Math.random;
const batch = new Float64Array(BATCH);
let next = BATCH;
let seedIsParents = true;
let inChild = false;

function fill(bytes: Uint8Array): void {
  check('getrandom', native.fillRandom(bytes));
}

function refill(): void {
  check('getrandom', native.drawRandom(batch, seedIsParents));
  seedIsParents = false;
  next = 0;
}

/**
 * In a process that was not forked V8 draws, exactly as ever; in a child, a batch of the child's own. As V8's own, it is no
 * constructor.
 */
const random = (): number => {
  if (!inChild) return v8Random();
  if (next === BATCH) refill();
  return batch[next++] as number;
};

/**
 * Puts our function in place of Math.random: at load, and not in the child, so that who keeps the function ("const
 * random = Math.random") keeps this one.
 */
export function installRandom(): void {
  // Frozen under --frozen-intrinsics, and by SES: the package loads, and fork() refuses.
  Reflect.defineProperty(Math, 'random', {
    value: random,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  installed = Math.random === random;
  repairInChildren(renewRandom);
  watchVm(random);
}

let installed = false;

/** Whether a child's Math.random will not be its parent's. */
export function randomIsOurs(): boolean {
  return installed;
}

/** The bytes from which Node makes the next answers of randomUUID; or, where they cannot be found, the function. */
let uuidData: Uint8Array | undefined;
let drawUuid: (() => string) | undefined;
/** Those of randomInt, and whether they are the parent's. */
let randomCache: Buffer | undefined;
let cacheIsParents = false;

/** randomUUID fills its batch once in so many calls. */
const UUIDS = 128;

/**
 * In the parent, before its first fork with node:crypto there: finds those two batches. They are variables of Node's
 * modules, but each passes through a method that can be overheard: `randomCache.readUIntBE()` in every randomInt, and
 * `uuidData.byteLength` when randomUUID fills its batch. From Node 26.12 on nothing is heard of the second, and each
 * child draws the parent's to the end instead, for a fifth of a millisecond (lib/internal/crypto/random.js).
 *
 * @returns why a child's numbers will not be its own, if so; the next fork tries again.
 */
export function findRandomBatches(): string | undefined {
  if (randomCache !== undefined || !isLoaded('internal/crypto/random')) return undefined;
  const own = drawers();
  if (own === undefined)
    return 'numbers that differ in each child while something has replaced crypto.randomInt or crypto.randomUUID';
  const cache = overhear(Buffer.prototype, 'readUIntBE', () => own.randomInt(2)) as Buffer | undefined;
  if (cache === undefined) return 'a way to renew the numbers that this Node has drawn ahead for randomInt';
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype);
  uuidData = overhear(typedArray, 'byteLength', (heard) => {
    for (let i = 0; i < UUIDS && !heard(); i++) own.randomUUID();
  });
  if (uuidData === undefined) drawUuid = own.randomUUID;
  randomCache = cache;
  rehearseAnew();
  // Every randomInt reads through this, so a child fills the cache when it first uses it, and never if it does not.
  cache.readUIntBE = (offset, byteLength) => {
    if (cacheIsParents) fill(cache);
    cacheIsParents = false;
    return Buffer.prototype.readUIntBE.call(cache, offset, byteLength);
  };
  return undefined;
}

/** The `this` of the first call of a method, or reading of a property, of `prototype` while `use` runs. */
function overhear(
  prototype: object,
  name: string,
  use: (heard: () => boolean) => void,
): Uint8Array | undefined {
  const original = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  let found: Uint8Array | undefined;
  const replacement =
    original.get === undefined
      ? {
          value(this: Uint8Array, ...args: unknown[]) {
            found ??= this;
            return original.value.apply(this, args);
          },
        }
      : {
          get(this: Uint8Array) {
            found ??= this;
            return original.get?.call(this);
          },
        };
  Object.defineProperty(prototype, name, { configurable: true, ...replacement });
  try {
    use(() => found !== undefined);
  } finally {
    Object.defineProperty(prototype, name, original);
  }
  return found;
}

/** Nothing that was drawn ahead is used any more; in a child, V8's numbers neither. */
function renewRandom(): void {
  inChild = native.isForkedChild();
  next = BATCH;
  seedIsParents = true;
  cacheIsParents = true;
  if (uuidData !== undefined) fill(uuidData);
  if (drawUuid !== undefined && inChild) for (let i = 0; i < UUIDS; i++) drawUuid();
}
