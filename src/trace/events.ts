// The events of a trace, as its reader gets them.

import { signalName } from '../validate.js';
import * as kinds from './recorder.js';

interface Happened {
  /** Milliseconds since the trace was started. */
  time: number;
  /** The process to which it happened, or that did it. */
  pid: number;
}

/** What a blocking wait waits for: a child, a signal, or a word of shared memory (mutex, semaphore, barrier). */
export type WaitFor = 'child' | 'signal' | 'memory';

/** One thing that happened in one process. */
export type TraceEvent = Happened &
  (
    | { type: 'start'; ppid: number }
    /** Noted by the parent once the call has returned; `took` in milliseconds. */
    | { type: 'fork'; child: number; took: number }
    | { type: 'exit'; code: number }
    /** `target`: the pid as it was given to waitpid; 0 with a signal or memory. */
    | { type: 'wait'; waitFor: WaitFor; target: number }
    | { type: 'waited' }
    /** The status is one for WIFEXITED and its kin. */
    | { type: 'reap'; child: number; status: number }
    /** `target` as it was given to kill(2): 0 or below is a group. */
    | { type: 'signal'; target: number; signal: NodeJS.Signals }
    /** The program's name, at most 36 bytes of it. Nothing more is heard of the process but its end. */
    | { type: 'exec'; program: string }
    /** `table` tells several Slots of one process apart; a refill is a slot that had a child before. */
    | { type: 'slot'; slot: number; child: number; table: number; refill: boolean }
  );

const WAITS: readonly WaitFor[] = ['child', 'signal', 'memory'];

/** Makes events of what was written; `start` is the time zero. */
export function decode(written: readonly kinds.Written[], start: bigint): TraceEvent[] {
  const taken = new Set<string>();
  const events: TraceEvent[] = [];
  for (const { kind, time, pid, values, text } of written) {
    const [a, b, c] = values;
    const happened = { time: Number(time - start) / 1e6, pid };
    if (kind === kinds.START) events.push({ ...happened, type: 'start', ppid: a });
    else if (kind === kinds.FORK) events.push({ ...happened, type: 'fork', child: a, took: b / 1000 });
    else if (kind === kinds.EXIT) events.push({ ...happened, type: 'exit', code: a & 0xff });
    else if (kind === kinds.WAIT)
      events.push({ ...happened, type: 'wait', waitFor: WAITS[a] as WaitFor, target: b });
    else if (kind === kinds.WAITED) events.push({ ...happened, type: 'waited' });
    else if (kind === kinds.REAP) events.push({ ...happened, type: 'reap', child: a, status: b });
    else if (kind === kinds.SIGNAL)
      events.push({ ...happened, type: 'signal', target: a, signal: signalName(b) });
    else if (kind === kinds.EXEC) events.push({ ...happened, type: 'exec', program: text });
    else if (kind === kinds.SLOT) {
      const key = `${pid} ${c} ${a}`;
      events.push({ ...happened, type: 'slot', slot: a, child: b, table: c, refill: taken.has(key) });
      taken.add(key);
    }
  }
  return events;
}
