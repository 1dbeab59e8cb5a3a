// Which children are ours to wait for by a wildcard: not those of child_process, for which libuv waits.

import { workersRun } from '../child/workers.js';
import { native } from '../native.js';

/** Whether this process may have children besides its own. */
export function othersWait(): boolean {
  return native.libuvChildren().length > 0 || threadsWait();
}

/** Each thread's libuv knows its own programs only, and takes and leaves the disposition of SIGCHLD for them. */
export function threadsWait(): boolean {
  return !native.onMainThread() || workersRun();
}

/**
 * Whether a signal to this pid reaches the child that was forked here: nobody has reaped it. The kernel is asked, too, for
 * where SIGCHLD is ignored it reaps by itself.
 */
export function isUnreaped(pid: number): boolean {
  return native.isForked(pid) && native.peekChild(pid) >= 0;
}

/**
 * Those that this process forked or adopted, running or ended. The kernel lists all, but cannot where no descriptor is
 * left to read /proc with; and it does not tell whose they are, so beside other threads only the forked ones count.
 */
export function ownChildren(): number[] {
  const forked = native.forkedChildren();
  if (threadsWait()) return forked;
  const theirs = new Set(native.libuvChildren());
  return [...new Set([...native.listChildren(), ...forked])].filter((child) => !theirs.has(child));
}
