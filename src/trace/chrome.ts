// The trace event format of Chrome, which Perfetto reads: X is a stretch of time, i an instant, s and f the two ends of an
// arrow, M a name. Times are microseconds. A process is one "process" there, with one thread.

import { findAt } from './find-at.js';
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
  /** Of i: it belongs to the thread. */
  s?: 't';
  /** Of s and f: which two belong together. */
  id?: number;
  /** Of f: the arrow ends at the stretch that is there. */
  bp?: 'e';
  /** What else is told. */
  args?: Record<string, unknown>;
}

/** A trace in Chrome's format: as JSON, Perfetto and chrome://tracing open it. */
export interface ChromeTrace {
  /** Not in the order of time; but of those at one time, an arrow's end comes after the instant that it belongs to. */
  traceEvents: ChromeEvent[];
  /** In which unit times are shown; those of the events are microseconds. */
  displayTimeUnit: 'ms';
  /** `lostEvents`: how many are missing. */
  metadata: Record<string, unknown>;
}

export function chromeTrace(record: TraceRecord): ChromeTrace {
  const lives = record.processes.flatMap((process, index) => life(process, index, record));
  const traceEvents = [...lives, ...moments(record)];
  return { traceEvents, displayTimeUnit: 'ms', metadata: { lostEvents: record.lost } };
}

const micros = (milliseconds: number) => thousandths(milliseconds * 1e3);
const thousandths = (value: number) => Math.round(value * 1e3) / 1e3;

function life(process: TraceProcess, index: number, { pid: first, duration }: TraceRecord): ChromeEvent[] {
  const { pid, ppid, started, ended, reaped, status, end, slot, exec } = process;
  const at = { pid, tid: pid };
  const stretch = (name: string, from: number, to: number, args = {}): ChromeEvent => ({
    name,
    ph: 'X',
    cat: 'process',
    ...at,
    ts: micros(from),
    dur: thousandths(Math.max(0, micros(to) - micros(from))),
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

/**
 * What happens at one moment; forks and signals with an arrow to the other process. Perfetto takes no heed of an arrow's
 * own time: it ties either end to what its thread was given last. So each end has a stretch or an instant just before it.
 */
function moments({ events, processes }: TraceRecord): ChromeEvent[] {
  const found: ChromeEvent[] = [];
  let arrows = 0;
  const instant = (name: string, pid: number, time: number, args: Record<string, unknown> = {}) =>
    found.push({ name, ph: 'i', s: 't', cat: 'event', pid, tid: pid, ts: micros(time), args });
  const arrowFrom = (name: string, pid: number, time: number) =>
    found.push({ name, ph: 's', cat: 'arrow', id: ++arrows, pid, tid: pid, ts: micros(time) });
  const arrowTo = (name: string, pid: number, time: number) =>
    found.push({ name, ph: 'f', bp: 'e', cat: 'arrow', id: arrows, pid, tid: pid, ts: micros(time) });

  for (const event of events) {
    const { pid, time } = event;
    if (event.type === 'fork') {
      // Not findAt: the child may have started before the call has returned here, or after.
      const child = processes.find((one) => one.pid === event.child && (one.reaped ?? Infinity) >= time);
      // An arrow cannot point to the past.
      const forked = Math.min(time, child?.started ?? time);
      instant(`fork ${event.child}`, pid, forked, { took: event.took });
      if (child) {
        arrowFrom('fork', pid, forked);
        arrowTo('fork', child.pid, child.started); // its life begins there
      }
    } else if (event.type === 'reap') {
      instant(`reap ${event.child}`, pid, time, { status: event.status });
    } else if (event.type === 'signal') {
      const { signal } = event;
      const target = Math.abs(event.target); // of a group, the process that leads it
      instant(signal, pid, time, { target: event.target });
      if (target !== pid && findAt(target, time, processes)) {
        arrowFrom(signal, pid, time);
        instant(`${signal} from ${pid}`, target, time);
        arrowTo(signal, target, time);
      }
    }
  }
  return found;
}
