// The trace event format of Chrome, which Perfetto reads: X is a stretch of time, i an instant, s and f the two ends of an
// arrow, M a name. Times are microseconds. A process is one "process" there, with one thread.

import type { TraceProcess } from './processes.js';
import type { TraceRecord } from './trace.js';

/** One event in Chrome's trace event format. */
export interface ChromeEvent {
  /** What is shown. */
  name: string;
  /** The phase: X a stretch of time, i an instant, s and f the two ends of an arrow, M a name. */
  ph: 'X' | 'i' | 's' | 'f' | 'M';
  /** The process. */
  pid: number;
  /** The thread: the same number, as a process has one row. */
  tid: number;
  /** When, in microseconds since the trace was started. */
  ts?: number;
  /** Of X: how long, in microseconds. */
  dur?: number;
  /** The category: 'process', 'arrow' or 'event'. */
  cat?: string;
  /** Of i: it belongs to the process. */
  s?: 'p';
  /** Of s and f: which two belong together. */
  id?: number;
  /** Of f: the arrow ends at the stretch that is there. */
  bp?: 'e';
  /** What else is told. */
  args?: Record<string, unknown>;
}

/** A trace in Chrome's format: as JSON, Perfetto and chrome://tracing open it. */
export interface ChromeTrace {
  /** In no order. */
  traceEvents: ChromeEvent[];
  /** In which unit times are shown; those of the events are microseconds. */
  displayTimeUnit: 'ms';
  /** `lostEvents`: how many are missing. */
  otherData: Record<string, unknown>;
}

export function chromeTrace(record: TraceRecord): ChromeTrace {
  const lives = record.processes.flatMap((process, index) => life(process, index, record));
  const traceEvents = [...lives, ...arrows(record)];
  return { traceEvents, displayTimeUnit: 'ms', otherData: { lostEvents: record.lost } };
}

const micros = (milliseconds: number) => Math.round(milliseconds * 1e6) / 1e3;

function life(process: TraceProcess, index: number, { pid: first, duration }: TraceRecord): ChromeEvent[] {
  const { pid, ppid, started, ended, reaped, status, end, slot, exec } = process;
  const at = { pid, tid: pid };
  const stretch = (name: string, from: number, to: number, args = {}): ChromeEvent => ({
    name,
    ph: 'X',
    cat: 'process',
    ...at,
    ts: micros(from),
    dur: Math.max(0, micros(to) - micros(from)),
    args,
  });
  const name = `${pid === first ? 'first process' : `child of ${ppid}`}${slot === null ? '' : `, slot ${slot}`}`;
  const over = ended ?? duration;
  const events: ChromeEvent[] = [
    { name: 'process_name', ph: 'M', ...at, args: { name } },
    { name: 'process_sort_index', ph: 'M', ...at, args: { sort_index: index } },
    stretch(slot === null ? 'life' : `slot ${slot}`, started, over, { ppid, end, status }),
    ...process.waits.map(({ from, to, waitFor, target }) =>
      stretch(`wait for ${waitFor}`, from, to, { target }),
    ),
  ];
  if (exec) events.push(stretch(`exec ${exec.program}`, exec.time, over));
  if (reaped !== null && reaped > over) events.push(stretch('zombie', over, reaped));
  return events;
}

/** Forks, reaps and signals, each from one process to another. */
function arrows({ events, processes }: TraceRecord): ChromeEvent[] {
  const known = new Map(processes.map((process) => [process.pid, process]));
  const found: ChromeEvent[] = [];
  let id = 0;
  const arrow = (name: string, from: number, time: number, to: number, arrival: number) => {
    id++;
    const flow = { name, cat: 'arrow', id };
    found.push({ ...flow, ph: 's', pid: from, tid: from, ts: micros(time) });
    found.push({ ...flow, ph: 'f', bp: 'e', pid: to, tid: to, ts: micros(arrival) });
  };
  const instant = (name: string, pid: number, time: number, args: Record<string, unknown>) =>
    found.push({ name, ph: 'i', s: 'p', cat: 'event', pid, tid: pid, ts: micros(time), args });

  for (const event of events) {
    const { pid, time } = event;
    if (event.type === 'fork') {
      instant(`fork ${event.child}`, pid, time, { took: event.took });
      const child = known.get(event.child);
      // An arrow cannot point to the past, and the child may have started before the call has returned here.
      if (child) arrow('fork', pid, Math.min(time, child.started), event.child, child.started);
    } else if (event.type === 'reap') {
      instant(`reap ${event.child}`, pid, time, { status: event.status });
    } else if (event.type === 'signal') {
      instant(event.signal, pid, time, { target: event.target });
      if (known.has(Math.abs(event.target))) arrow(event.signal, pid, time, Math.abs(event.target), time);
    } else if (event.type === 'exec') {
      instant(`exec ${event.program}`, pid, time, {});
    }
  }
  return found;
}
