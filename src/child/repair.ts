// What the child's JavaScript would otherwise have from its parent by mistake; one line each.

import { syncBuiltinESMExports } from 'node:module';
import { native } from '../native.js';
import { forgetPools } from '../pool/inheritance.js';
import { forgetWaits } from '../posix/child-watch.js';
import { _exit } from '../posix/process.js';
import { forgetWatches } from '../posix/watches.js';
import { put, silenceChannel } from './channel.js';
import { leaveCluster } from './cluster.js';
import { forgetConnections } from './connections.js';
import { forgetOutput, rehearseOutput } from './output.js';
import { forgetPrograms } from './programs.js';
import { renewRandom } from './random.js';
import { restoreSigint } from './vm.js';
import { forgetWorkers } from './workers.js';

/**
 * Whether this process was made by a fork of this library, or is below one; in its Workers, too.
 *
 * @returns false also in a program that exec or child_process has started.
 */
export function isForkedChild(): boolean {
  return process.platform !== 'win32' && native.isForkedChild();
}

// A global is looked up through a getter; what runs in every child keeps its own.
const self = process;

/** Puts the child's runtime right. In a process that was not forked it changes nothing that a program could see. */
export function repairRuntime(): void {
  const inChild = native.isForkedChild();
  renewCopies();
  renewRandom(inChild);
  leaveChannelToParent(inChild);
  leaveCluster(inChild);
  forgetWorkers(inChild);
  forgetPrograms(inChild);
  restoreSigint(inChild);
  forgetOutput(inChild);
  forgetConnections(inChild);
  forgetWatches(inChild);
  forgetWaits(inChild);
  forgetPools(inChild);
}

let rehearsed = false;

/**
 * In the parent, before its first fork. V8 compiles a function when it is first called, and every child would do that
 * anew: it took longer than the repair itself.
 */
export function rehearseRepair(): void {
  if (rehearsed) return;
  rehearsed = true;
  repairRuntime();
  rehearseOutput();
  try {
    _exit(Number.NaN); // refused, but compiled
  } catch {}
}

/** Whether an ES module has imported node:process, and so copied the values of that moment. */
let copied = false;

/**
 * At load: process.pid is a plain value, set when the process started, and the parent's in a child. As a getter it is
 * right everywhere, and a child that does not read it pays nothing.
 *
 * The copy for ES modules is made and renewed by reading every property of process, and a getter hears of it: that of
 * process.ppid, which few others read.
 */
export function askForPids(): void {
  if (process.platform === 'win32') return; // nothing forks there
  const getter = (get: () => number) => ({ get, enumerable: true, configurable: true });
  Object.defineProperties(process, {
    pid: getter(() => native.getpid()),
    ppid: getter(() => {
      copied = true;
      return native.getppid();
    }),
  });
  syncBuiltinESMExports(); // a copy may be older than this module
}

/** For `import { pid } from 'node:process'`. It goes through all of Node's modules, so only where somebody did. */
function renewCopies(): void {
  if (copied) syncBuiltinESMExports();
}

/** If the parent itself was started by child_process.fork, it has a channel to its own parent. The child has none. */
function leaveChannelToParent(inChild: boolean): void {
  if (!inChild || !self.channel) return;
  silenceChannel(self);
  put(self, 'channel', undefined);
  put(self, 'send', undefined);
  self.disconnect = () => {};
}
