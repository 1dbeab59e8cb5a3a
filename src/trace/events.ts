// The events of a trace, as its reader gets them.

import { signalName } from '../validate.js';
import * as kinds from './recorder.js';

/** What a blocking wait waits for: a child, a signal, or a word of shared memory (mutex, semaphore, barrier). */
export type WaitFor = 'child' | 'signal' | 'memory';

/** One thing that happened in one process. `type` says which, and what else is told. */
export type TraceEvent = {
  /** Milliseconds since the trace was started. */
  time: number;
  /** The process to which it happened, or that did it. */
  pid: number;
} & (
  | {
      /** The process begins. */
      type: 'start';
      /** Its parent. */
      ppid: number;
    }
  | {
      /** The process has forked: noted once the call has returned. */
      type: 'fork';
      /** The pid that it got. */
      child: number;
      /** How long the call took, in milliseconds. */
      took: number;
    }
  | {
      /** The process ends by itself. */
      type: 'exit';
      /** 0 to 255. */
      code: number;
    }
  | {
      /** A call begins to wait. */
      type: 'wait';
      /** What for. */
      waitFor: WaitFor;
      /** The pid as it was given to waitpid; 0 with a signal or memory. */
      target: number;
    }
  | {
      /** The wait is over. */
      type: 'waited';
    }
  | {
      /** The process has reaped a child. */
      type: 'reap';
      /** Its pid. */
      child: number;
      /** Its wait status, for WIFEXITED and its kin. */
      status: number;
    }
  | {
      /** The process has sent a signal. */
      type: 'signal';
      /** As it was given to kill(2): 0 or below is a group. */
      target: number;
      /** Its name. */
      signal: NodeJS.Signals;
    }
  | {
      /** The process becomes another program. Nothing more is heard of it but its end. */
      type: 'exec';
      /** The program's name, at most 36 bytes of it. */
      program: string;
    }
  | {
      /** A slot was given a child. */
      type: 'slot';
      /** 0 to n-1. */
      slot: number;
      /** The child's pid. */
      child: number;
      /** Tells several Slots of one process apart. */
      table: number;
      /** Whether the slot had a child before. */
      refill: boolean;
    }
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
