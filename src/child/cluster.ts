// A worker of node:cluster has its primary listen for it, and asks by the channel that is the parent's in a forked child:
// the answer would never come.

import type { Cluster } from 'node:cluster';
import { syncBuiltinESMExports } from 'node:module';
import { isLoaded } from './loaded.js';
import { repairInChildren } from './repair.js';

/** Node loads it for a worker before the program begins. */
const cluster = isLoaded('cluster') ? (require('node:cluster') as Cluster) : undefined;

/** In the child: it is no worker any more, and listens by itself. */
function leaveCluster(inChild: boolean): void {
  if (!inChild || !cluster?.isWorker) return;
  // What node:net and node:dgram look at.
  Object.assign(cluster, { isWorker: false, isPrimary: true, isMaster: true, worker: undefined });
  syncBuiltinESMExports();
}

if (cluster?.isWorker) repairInChildren(leaveCluster);
