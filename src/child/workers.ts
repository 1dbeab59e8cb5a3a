// Worker threads at a fork. Only the forking thread is copied, and a Worker can at any moment hold a lock inside V8 or
// Node that the child would wait for for ever: measured with two busy Workers, 0 to 70 of 1,000 children hung. So the
// gateway brings them to a stop first (native/runtime/workers.h). It does not know those that are older than the
// package: beside them a fork is refused.

import { subscribe } from 'node:diagnostics_channel';
import { isMainThread, type MessagePort, type Worker } from 'node:worker_threads';
import { codedError } from '../errors.js';
import { native } from '../native.js';
import { nextTick } from '../timers.js';
import { repairInChildren } from './repair.js';

/** Those that the main thread has started since this module was loaded, until their threads have been joined. */
const alive = new Set<Worker>();
/** Those from before, as when they were last looked at; undefined: not looked at yet. */
let olderOnes: readonly WorkerInfo[] | undefined;

const mayFork = isMainThread && process.platform !== 'win32';

subscribe('worker_threads', (message) => {
  const { worker } = message as { worker: Worker };
  alive.add(worker);
  repairInChildren(forgetWorkers);
  worker.once('exit', () => alive.delete(worker));
  if (olderOnes !== undefined || !mayFork) return;
  // Ids are given one after the other: it is the first of all. If not, this is the time to look: none of those that are
  // not older has come so far that it could end.
  if (worker.threadId === 1) olderOnes = [];
  else findOlder();
});

/** A program may have removed all listeners, ours among them. Its thread has been joined when a Worker has no id. */
function forgetEnded(): void {
  for (const worker of alive) if (worker.threadId === -1) alive.delete(worker);
}

/** Whether there is a Worker that can run programs of its own; Node's thread for module hooks does not. */
export function workersRun(): boolean {
  forgetEnded();
  if (alive.size > 0) return true;
  olderRun ??= !(findOlder() ?? []).every(({ url }) => url === HOOKS);
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
  const older = listOlder(risked);
  if (olderOnes?.length !== 0 || olderRun === true) repairInChildren(forgetWorkers);
  const strangers = older.filter(({ url }) => url !== HOOKS && !ESBUILD.test(url)).length;
  if (strangers > 0) {
    throw refusal(
      `${number(strangers)} from before just-fork was loaded: the child could not let go of what is not known, and would ` +
        'not end by itself. Load just-fork before you start Workers, or end them first',
    );
  }
  atRisk = risked && older.length + alive.size > 0;
  if (older.length === 0 && alive.size === 0) return WITH_WORKERS.none;
  if (risked) return WITH_WORKERS.risked;
  const loaders = [...alive].filter(isOfLoader).length + older.filter(({ url }) => url === HOOKS).length;
  const esbuilds = older.filter(({ url }) => ESBUILD.test(url)).length;
  if (loaders + esbuilds > 0) throw refuseTools(loaders, esbuilds);
  if (!native.stopsWorkers()) {
    throw refusal(`${number(alive.size)}, and they cannot be stopped in this runtime: ${RISK}`);
  }
  return WITH_WORKERS.stopped;
}

/** Of the fork that was admitted last: some may not have been stopped. */
let atRisk = false;
/** Of those of a process above this one, too: then Node still has them. */
let someAreLeft = false;

/** Those from before the package was loaded, as far as that can be told. */
function listOlder(risked: boolean): readonly WorkerInfo[] {
  const older = findOlder();
  if (older !== undefined || risked) return older ?? [];
  throw refusal(
    ': whether some run from before just-fork was loaded cannot be told, since the permission model allows Workers and forbids ' +
      'the inspector. Run without --allow-worker, or with --allow-inspector where Node has it, or fork with ' +
      '{ allowWorkers: true } if you know that there are none',
  );
}

/** What the child calls upon would not be there. */
function refuseTools(loaders: number, esbuilds: number): Error {
  const which = [
    ...(loaders > 0 ? ['one is of a module loader: tsx, ts-node, --loader'] : []),
    ...(esbuilds > 0
      ? ['one is of esbuild, as with tsx, which does without it in the environment ESBUILD_WORKER_THREADS=0']
      : []),
  ];
  return refusal(`${number(loaders + esbuilds)} (${which.join('; ')}): ${RISK}`);
}

const RISK =
  'the child would have none of them, and could inherit a lock that one of them holds, and hang. End them first, or fork with ' +
  '{ allowWorkers: true } at that risk';

const number = (count: number) => `, and there ${count === 1 ? 'is one' : `are ${count}`}`;

function refusal(why: string): Error {
  return codedError(
    new Error(`fork() is refused while Worker threads run${why}`),
    'ERR_FORK_WORKERS_RUNNING',
  );
}

/** Node's own thread for module.register(): nothing waits for it, so a child ends without it; but its import() never settles. */
const HOOKS = 'node:internal/modules/esm/worker';
const isOfLoader = (worker: Worker) => worker.constructor.name === 'InternalWorker';
/** One that esbuild keeps once it has compiled something with transformSync(), in the same way; it runs a program. */
const ESBUILD = /[\\/]esbuild[\\/]lib[\\/]main\.js$/;

interface WorkerInfo {
  workerId: string;
  url: string;
}

/**
 * The inspector knows every Worker of this process by its thread id. It is asked as rarely as can be: it hands out its list
 * by calls of JavaScript, and if a Worker begins or ends meanwhile Node changes the list under its own hands, and dies of it
 * (seen with Node 20, 24 and 26). So once, and again when one has ended that may have been among them. Undefined: it may
 * not be asked.
 */
function findOlder(): readonly WorkerInfo[] | undefined {
  if (olderOnes?.length === 0 || (olderOnes !== undefined && !mayHaveEnded())) return olderOnes;
  const counts = native.workerCounts();
  const all = listByInspector();
  if (all === undefined && mayHaveWorkers()) return undefined;
  const ids = new Set((olderOnes ?? []).map(({ workerId }) => workerId));
  const known = new Set([...alive].map((worker) => `${worker.threadId}`));
  const isOlder = olderOnes ? (id: string) => ids.has(id) : (id: string) => !known.has(id);
  const found = (all ?? []).filter(({ workerId }) => isOlder(workerId));
  // It has begun, and the inspector does not know it yet.
  if (olderOnes === undefined && found.length === 0 && counts && counts.known > alive.size) return [UNSEEN];
  olderOnes = found;
  looked = counts && { ...counts, started: alive.size };
  return olderOnes;
}

const UNSEEN: WorkerInfo = { workerId: '', url: '' };

/** As it was when the inspector was asked: what the native side knew of, and how many the main thread had started. */
let looked: (NonNullable<ReturnType<typeof native.workerCounts>> & { started: number }) | undefined;

/** Whether one of the older ones may have ended since. The native side knows those that came to their isolate late, too. */
function mayHaveEnded(): boolean {
  const counts = native.workerCounts();
  if (counts === undefined || looked === undefined) return true;
  if (counts.strangersEnded !== looked.strangersEnded) return true;
  return looked.known > looked.started && counts.ended !== looked.ended;
}

/** Where it is the permission model that forbids the inspector. */
function mayHaveWorkers(): boolean {
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  return permission?.has('worker') === true;
}

function listByInspector(): WorkerInfo[] | undefined {
  const found: WorkerInfo[] = [];
  try {
    // A Node that was built without the inspector has no such module, and a permission can forbid it.
    const { Session } = require('node:inspector') as typeof import('node:inspector');
    const session = new Session();
    session.connect();
    session.on('NodeWorker.attachedToWorker', ({ params }) => found.push(params.workerInfo));
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    session.post('NodeWorker.disable');
    session.disconnect();
  } catch {
    return undefined;
  }
  return found;
}

/** In the child, where their threads do not exist: they keep nothing alive, and there is nothing to wait for. */
function forgetWorkers(inChild: boolean): void {
  if (!inChild) return;
  olderOnes = [];
  olderRun = false;
  someAreLeft ||= atRisk;
  if (alive.size === 0) return;
  for (const worker of alive) {
    worker.unref();
    tellWhenTerminated(worker);
    releasePorts(worker);
    forget(worker);
  }
  alive.clear();
  if (!someAreLeft) native.endWorkers();
}

/**
 * Its ports keep the process alive: that of its standard streams while its stdout is read or its stdin written to, that of its
 * messages when somebody begins to listen for them.
 */
function releasePorts(worker: Worker): void {
  const fields = worker as unknown as Record<symbol, MessagePort | null>;
  for (const symbol of Object.getOwnPropertySymbols(worker)) {
    const port = PORTS.has(symbol.description) ? fields[symbol] : null;
    if (!port) continue;
    port.unref();
    port.ref = () => {};
  }
}

const PORTS: ReadonlySet<string | undefined> = new Set(['kPort', 'kPublicPort']);

/** Who ends a Worker waits for its 'exit' event, as the pools do that are made of Workers. */
function tellWhenTerminated(worker: Worker): void {
  let ended: Promise<number> | undefined;
  worker.terminate = () => {
    ended ??= new Promise((resolve) => {
      nextTick(() => {
        resolve(1);
        worker.emit('exit', 1);
        worker.removeAllListeners('exit'); // it may have been over, and the event on its way
      });
    });
    return ended;
  };
}

interface Handle {
  /** -1 before the thread has an environment of Node's, and when that is gone: up to some 20 ms after terminate(). */
  loopIdleTime(): number;
  onexit: (...how: unknown[]) => void;
}

/** What Node has of them in C++: it may not go, since it would look for its thread. */
const handles: Handle[] = [];

/**
 * As Node does it when one has ended: its threadId is -1, and its methods do nothing, or say that it does not run. Not to one
 * that has ended indeed, of which the child is told by the 'exit' event.
 */
function forget(worker: Worker): void {
  const fields = worker as unknown as Record<symbol, unknown>;
  const symbols = Object.getOwnPropertySymbols(worker);
  const symbol = symbols.find(({ description }) => description === 'kHandle');
  const handle = symbol && (fields[symbol] as Handle | null);
  if (symbol === undefined || !handle) return;
  const declareEnded = () => {
    handles.push(handle);
    fields[symbol] = null;
    const port = symbols.find(({ description }) => description === 'kPublicPort');
    if (port !== undefined) fields[port] = null; // it would keep what is sent, for a reader that is not there
  };
  if (someAreLeft) {
    if (handle.loopIdleTime() >= 0) declareEnded();
    return;
  }
  const { onexit } = handle;
  handle.onexit = (...how) => {
    if (native.workerWasOver()) nextTick(onexit, ...how);
    else declareEnded();
  };
}
