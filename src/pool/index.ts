// just-fork/pool: the pools alone. By way of the root, which puts in place what a fork needs.

/**
 * The pools alone: the same as in the root.
 *
 * @module just-fork/pool
 */

export {
  type Backoff,
  ChildDiedError,
  type Exit,
  ForkPool,
  type Item,
  type Keeper,
  type KeepOptions,
  type MapOptions,
  type Mapper,
  type Place,
  type PoolOptions,
  type PoolStats,
  type PoolTimes,
  RemoteError,
  type RunOptions,
  type SettledItem,
  Slots,
  type Spawn,
} from '../index.js';
