// What stands in the way of a safe fork in this process: what the binary lacks, and how it was started.

import { native } from '../native.js';
import { isLoaded } from './loaded.js';
import { startedWith } from './node-options.js';
import { randomIsOurs } from './random.js';
import { isTimed } from './vm.js';

/** In words; empty when fork() works. */
export function obstacles(): string[] {
  if (process.platform === 'win32') return ['fork(2): just-fork serves Linux and macOS'];
  return [...native.missingForFork(), ...threadsOfOptions()];
}

/** Options that give Node a thread which its shutdown joins, or which can hold a lock: a child has no such thread. */
function threadsOfOptions(): string[] {
  const found: string[] = [];
  for (const option of ['--cpu-prof', '--prof', '--trace-event-categories', '--trace-events-enabled']) {
    if (startedWith(option)) found.push(`a way to end a child under ${option}`);
  }
  if (startedWith('--trace-sigint')) found.push('a thread that hears SIGINT in a child (--trace-sigint)');
  if (!randomIsOurs())
    found.push(
      'a Math.random that differs in each child: it was frozen before just-fork was loaded, by --frozen-intrinsics or ' +
        'lockdown()',
    );
  return found;
}

/** What a tool has begun in this process and can end again; empty when nothing is in the way. */
export function passingObstacles(): string[] {
  const found: string[] = [];
  if (inspectorUrl() !== undefined) {
    // At its end the child would wait for the debugger to let go.
    found.push('a way to end a child while the inspector is open (--inspect, SIGUSR1)');
  }
  if (native.profilerRuns()) found.push('a way to end a child while a CPU profile is taken (Profiler.start)');
  if (isTimed()) found.push('a way for a child to return from a call of node:vm with a timeout');
  if (tracing()) found.push('a way to end a child while trace events are recorded (createTracing)');
  return found;
}

/** Found once: a look into a module writes to some thirty pages, which each fork after it copies. */
let inspectorUrl = (): string | undefined => {
  try {
    inspectorUrl = (require('node:inspector') as typeof import('node:inspector')).url;
  } catch {
    inspectorUrl = () => undefined; // a Node without the inspector
  }
  return inspectorUrl();
};

function tracing(): boolean {
  if (!isLoaded('trace_events')) return false;
  try {
    const { getEnabledCategories } = require('node:trace_events') as typeof import('node:trace_events');
    return (getEnabledCategories() ?? '') !== '';
  } catch {
    return false; // a Node without them
  }
}
