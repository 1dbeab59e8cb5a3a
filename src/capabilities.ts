import { obstacles, passingObstacles } from './child/obstacles.js';
import { admitWorkers } from './child/workers.js';
import { native } from './native.js';

/** What fork() needs here, and whether it is there. */
export interface Capabilities {
  /** Whether fork(), without options, works here and now. Workers that can be stopped for it are no obstacle. */
  fork: boolean;
  /** What it lacks, in words; empty when `fork` is true. */
  missing: string[];
  /** As process.platform. */
  platform: NodeJS.Platform;
  /** As process.arch. */
  arch: string;
  /** The version of Node. */
  node: string;
  /** The version of V8. */
  v8: string;
  /** The version of libuv. */
  libuv: string;
  /** Whether this is the main thread. fork() is refused in a Worker. */
  mainThread: boolean;
  /** V8's mappings: the part of a fork's cost that grows with the heap. Bytes of address space, not of memory. */
  heap: {
    /** How many mappings. */
    mappings: number;
    /** How long they are together. */
    bytes: number;
  };
}

/**
 * Tells what fork() needs in this runtime, and what is missing. It changes nothing, and never throws.
 *
 * @returns a new record; `fork` says whether it works, and `missing` what it lacks.
 */
export function capabilities(): Capabilities {
  const supported = process.platform !== 'win32';
  const mainThread = supported && native.onMainThread();
  const missing = obstacles();
  // As fork() does: what --cpu-prof has begun, for example, is no second thing that is missing.
  if (missing.length === 0) missing.push(...passingObstacles());
  if (supported && !mainThread) missing.push('the main thread: this is a Worker');
  if (missing.length === 0) missing.push(...workersInTheWay());
  const mapped = supported ? native.heapMappings() : { count: 0, bytes: 0 };
  return {
    fork: missing.length === 0,
    missing,
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
    v8: process.versions.v8,
    libuv: process.versions.uv,
    mainThread,
    heap: { mappings: mapped.count, bytes: mapped.bytes },
  };
}

function workersInTheWay(): string[] {
  try {
    admitWorkers(false);
    return [];
  } catch (error) {
    return [`Workers that can be stopped: ${(error as Error).message}`];
  }
}
