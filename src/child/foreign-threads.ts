// Threads that a program has beside Node's own: its Workers, and those of native modules. A child has none of them.

import { readdirSync, readFileSync } from 'node:fs';

/** Node's and libuv's, as the kernel has their names (15 characters); in older versions they are called as the first thread. */
const NODES = /^(node|(node-)?MainThread|(node-)?V8Worker|DelayedTaskSche|SignalInspector|libuv-worker)$/;

/** Their names, each once; Linux tells them. */
export function foreignThreads(): string[] {
  try {
    const own = nameOf(process.pid);
    const names = readdirSync(TASKS).map(nameOf);
    return [...new Set(names.filter((name) => name !== own && !NODES.test(name)))];
  } catch {
    return []; // no /proc, or a thread that has ended meanwhile
  }
}

const TASKS = '/proc/self/task';
const nameOf = (thread: number | string) => readFileSync(`${TASKS}/${thread}/comm`, 'utf8').trim();
