// The lives that the events tell of.

import { decodeStatus } from '../posix/status.js';
import type { TraceEvent, WaitFor } from './events.js';

/** The life of one process; times in milliseconds since the trace was started. */
export interface TraceProcess {
  /** Its pid. */
  pid: number;
  /** Its parent's. */
  ppid: number;
  /** For the first process: when the trace was started. */
  started: number;
  /** When it said that it ends, or else when it was reaped; null: it lived on. */
  ended: number | null;
  /** When its parent waited for it; null: nobody did, as far as the trace heard. */
  reaped: number | null;
  /** Its wait status, if it was reaped. */
  status: number | null;
  /** In words: 'exit 0', 'SIGKILL'; '' if it lived on. */
  end: string;
  /** The slot that it was started in, or null. */
  slot: number | null;
  /** Its blocking waits. */
  waits: TraceWait[];
  /** The program that it became. */
  exec: TraceExec | null;
}

/** One wait of a process; times in milliseconds since the trace was started. */
export interface TraceWait {
  /** When it began. */
  from: number;
  /** When it was over: at the latest, when the process or the trace was. */
  to: number;
  /** What it waited for. */
  waitFor: WaitFor;
  /** The pid as it was given to waitpid; 0 with a signal or memory. */
  target: number;
}

/** What a process became by exec. */
export interface TraceExec {
  /** When, in milliseconds since the trace was started. */
  time: number;
  /** The program's name, at most 36 bytes of it. */
  program: string;
}

export function processesOf(events: readonly TraceEvent[], end: number): TraceProcess[] {
  const all: TraceProcess[] = [];
  /** By pid, the latest: a pid that was reaped can be given away again. */
  const latest = new Map<number, TraceProcess>();
  const born = (pid: number, ppid: number, started: number): TraceProcess => {
    const known = latest.get(pid);
    // Its parent tells of it, and it tells of itself, in either order.
    if (known !== undefined && known.reaped === null) {
      known.started = Math.min(known.started, started);
      return known;
    }
    const process: TraceProcess = { pid, ppid, started, ...UNBORN, waits: [] };
    latest.set(pid, process);
    all.push(process);
    return process;
  };
  for (const event of events) {
    const { time } = event;
    if (event.type === 'start') born(event.pid, event.ppid, time);
    if (event.type === 'fork') born(event.child, event.pid, time);
    if (event.type === 'reap') {
      const child = latest.get(event.child);
      if (child === undefined || child.reaped !== null) continue; // it was there before the trace
      child.reaped = time;
      child.ended ??= time;
      child.status = event.status;
      const { exitCode, signal } = decodeStatus(event.status);
      child.end = signal ?? `exit ${exitCode}`;
    }
    if (event.type === 'slot') {
      const child = latest.get(event.child);
      if (child) child.slot = event.slot;
    }
    const self = latest.get(event.pid);
    if (self === undefined) continue;
    if (event.type === 'exit') {
      self.ended = time;
      self.end = `exit ${event.code}`;
    } else if (event.type === 'exec') {
      self.exec = { time, program: event.program };
    } else if (event.type === 'wait') {
      self.waits.push({ from: time, to: Number.NaN, waitFor: event.waitFor, target: event.target });
    } else if (event.type === 'waited') {
      const open = self.waits.findLast(({ to }) => Number.isNaN(to));
      if (open) open.to = time;
    }
  }
  for (const process of all) {
    // Who was killed while it waited has not said that the wait is over.
    for (const wait of process.waits) if (Number.isNaN(wait.to)) wait.to = process.ended ?? end;
  }
  return all;
}

const UNBORN = { ended: null, reaped: null, status: null, end: '', slot: null, exec: null };
