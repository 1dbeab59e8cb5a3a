// What a child has of its parent's Workers: objects of JavaScript whose threads do not exist. Each becomes one that has ended,
// and keeps nothing alive.

import type { MessagePort, Worker } from 'node:worker_threads';
import { native } from '../native.js';
import { nextTick } from '../timers.js';

/**
 * In the child.
 *
 * @param someAreLeft some had not been stopped for the fork, of this process or of one above it: then Node still has them.
 */
export function bury(workers: Iterable<Worker>, someAreLeft: boolean): void {
  for (const worker of workers) {
    worker.unref();
    tellWhenTerminated(worker);
    releasePorts(worker);
    declareEnded(worker, someAreLeft);
  }
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
 * As Node does it: its threadId is -1, and its methods do nothing, or say that it does not run. Not to one that has ended
 * indeed, of which the child is told by the 'exit' event.
 */
function declareEnded(worker: Worker, someAreLeft: boolean): void {
  const fields = worker as unknown as Record<symbol, unknown>;
  const symbols = Object.getOwnPropertySymbols(worker);
  const symbol = symbols.find(({ description }) => description === 'kHandle');
  const handle = symbol && (fields[symbol] as Handle | null);
  if (symbol === undefined || !handle) return;
  const takeHandle = () => {
    handles.push(handle);
    fields[symbol] = null;
    const port = symbols.find(({ description }) => description === 'kPublicPort');
    if (port !== undefined) fields[port] = null; // it would keep what is sent, for a reader that is not there
  };
  if (someAreLeft) {
    if (handle.loopIdleTime() >= 0) takeHandle();
    return;
  }
  const { onexit } = handle;
  handle.onexit = (...how) => {
    if (native.workerWasOver()) nextTick(onexit, ...how);
    else takeHandle();
  };
}
