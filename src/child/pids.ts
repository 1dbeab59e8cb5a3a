// process.pid and process.ppid, which a child would have from its parent.

import { syncBuiltinESMExports } from 'node:module';
import { native } from '../native.js';
import { repairInChildren } from './repair.js';

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
      repairInChildren(renewCopies);
      return native.getppid();
    }),
  });
  syncBuiltinESMExports(); // a copy may be older than this module
}

/** For `import { pid } from 'node:process'`. It goes through all of Node's modules, so only where somebody did. */
function renewCopies(inChild: boolean): void {
  if (inChild) syncBuiltinESMExports();
}
