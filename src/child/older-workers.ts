// Which Workers are older than the package: only those that have started since are known by themselves. The inspector knows
// every Worker of this process, by its thread id.

import type { Worker } from 'node:worker_threads';
import { native } from '../native.js';

export interface WorkerInfo {
  workerId: string;
  url: string;
}

/** Those that were there when they were last looked at; undefined: not looked at yet. */
let olderOnes: readonly WorkerInfo[] | undefined;

/** When the first Worker begins that is not older. */
export function lookAtStart(worker: Worker, started: ReadonlySet<Worker>): void {
  if (olderOnes !== undefined) return;
  // Ids are given one after the other: it is the first of all. If not, this is the time to look: none of those that are
  // not older has come so far that it could end.
  if (worker.threadId === 1) olderOnes = [];
  else findOlder(started);
}

/**
 * The inspector is asked as rarely as can be: it hands out its list by calls of JavaScript, and if a Worker begins or ends
 * meanwhile Node changes the list under its own hands, and dies of it (seen with Node 20, 24 and 26). So once, and again when
 * one has ended that may have been among them.
 *
 * @param started those that are known.
 * @returns undefined: it may not be asked.
 */
export function findOlder(started: ReadonlySet<Worker>): readonly WorkerInfo[] | undefined {
  if (olderOnes?.length === 0 || (olderOnes !== undefined && !mayHaveEnded())) return olderOnes;
  const counts = native.workerCounts();
  const all = listByInspector();
  if (all === undefined && mayHaveWorkers()) return undefined;
  const ids = new Set((olderOnes ?? []).map(({ workerId }) => workerId));
  const known = new Set([...started].map((worker) => `${worker.threadId}`));
  const isOlder = olderOnes ? (id: string) => ids.has(id) : (id: string) => !known.has(id);
  const found = (all ?? []).filter(({ workerId }) => isOlder(workerId));
  // It has begun, and the inspector does not know it yet.
  if (olderOnes === undefined && found.length === 0 && counts && counts.known > started.size) return [UNSEEN];
  olderOnes = found;
  looked = counts && { ...counts, started: started.size };
  return olderOnes;
}

/** In a child there are none. */
export function forgetOlder(): void {
  olderOnes = [];
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
