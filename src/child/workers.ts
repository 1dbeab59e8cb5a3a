// Worker threads at a fork. Only the forking thread is copied, and a Worker can at any moment hold a lock inside V8 or
// Node that the child would wait for for ever: measured with two busy Workers, 0 to 70 of 1,000 children hung. So the
// gateway brings them to a stop first (native/runtime/workers.h). It does not know those that are older than the
// package: beside them a fork is refused.

import { subscribe } from 'node:diagnostics_channel';
import { isMainThread, type Worker } from 'node:worker_threads';
import { native } from '../native.js';
import { olderWorkers, untoldWorkers, workersNotStopped, workersOfTools } from './errors.js';
import { findOlder, forgetOlder, lookAtStart } from './older-workers.js';
import { repairInChildren } from './repair.js';
import { bury } from './workers-in-child.js';

/** Those that the main thread has started since this module was loaded, until their threads have been joined. */
const alive = new Set<Worker>();

const mayFork = isMainThread && process.platform !== 'win32';

subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  alive.add(worker);
  repairInChildren(forgetWorkers);
  worker.once('exit', () => alive.delete(worker));
  if (mayFork) lookAtStart(worker, alive);
});

/** A program may have removed all listeners, ours among them. Its thread has been joined when a Worker has no id. */
function forgetEnded(): void {
  for (const worker of alive) if (worker.threadId === -1) alive.delete(worker);
}

/** Whether there is a Worker that can run programs of its own; Node's thread for module hooks does not. */
export function workersRun(): boolean {
  forgetEnded();
  if (alive.size > 0) return true;
  olderRun ??= !(findOlder(alive) ?? []).every(({ url }) => url === HOOKS);
  return olderRun;
}

/** Asked once: from then on those that there were count as running. */
let olderRun: boolean | undefined;

/** As native/runtime/gateway.h has it. */
const WITH_WORKERS = { none: 0, stopped: 1, risked: 2 } as const;
export type WithWorkers = (typeof WITH_WORKERS)[keyof typeof WITH_WORKERS];

/**
 * How a fork is to deal with those that there are.
 *
 * @param risked even with what cannot be stopped.
 * @throws ERR_FORK_WORKERS_RUNNING
 */
export function admitWorkers(risked: boolean): WithWorkers {
  forgetEnded();
  const found = findOlder(alive);
  if (found === undefined && !risked) throw untoldWorkers();
  if (found?.length !== 0 || olderRun === true) repairInChildren(forgetWorkers);
  const older = found ?? [];
  const strangers = older.filter(({ url }) => url !== HOOKS && !ESBUILD.test(url)).length;
  if (strangers > 0) throw olderWorkers(strangers);
  const some = older.length + alive.size > 0;
  atRisk = some && risked;
  if (!some) return WITH_WORKERS.none;
  if (risked) return WITH_WORKERS.risked;
  const loaders = [...alive].filter(isOfLoader).length + older.filter(({ url }) => url === HOOKS).length;
  const esbuilds = older.filter(({ url }) => ESBUILD.test(url)).length;
  if (loaders + esbuilds > 0) throw workersOfTools(loaders, esbuilds);
  if (!native.stopsWorkers()) throw workersNotStopped(alive.size);
  return WITH_WORKERS.stopped;
}

/** Of the fork that was admitted last: some may not have been stopped. */
let atRisk = false;
/** Of those of a process above this one, too: then Node still has them. */
let someAreLeft = false;

/** Node's own thread for module.register(): nothing waits for it, so a child ends without it; but its import() never settles. */
const HOOKS = 'node:internal/modules/esm/worker';
const isOfLoader = (worker: Worker) => worker.constructor.name === 'InternalWorker';
/** One that esbuild keeps once it has compiled something with transformSync(), in the same way; it runs a program. */
const ESBUILD = /[\\/]esbuild[\\/]lib[\\/]main\.js$/;

/** In the child, where their threads do not exist: they keep nothing alive, and there is nothing to wait for. */
function forgetWorkers(inChild: boolean): void {
  if (!inChild) return;
  forgetOlder();
  olderRun = false;
  someAreLeft ||= atRisk;
  if (alive.size === 0) return;
  bury(alive, someAreLeft);
  alive.clear();
}
