import { codedError } from '../errors.js';
import { native } from '../native.js';
import { integer, object } from '../validate.js';
import { type ChromeTrace, chromeTrace } from './chrome.js';
import { decode, type TraceEvent } from './events.js';
import { processesOf, type TraceProcess } from './processes.js';
import { Recorder, recorder, START, setRecorder } from './recorder.js';
import { drawTrace } from './svg/draw.js';

/** Of startTrace. */
export interface TraceOptions {
  /**
   * How many events there is room for, in all processes together: 1 to 2^24. Each takes 64 bytes once it is written.
   * @default 65536
   */
  events?: number | undefined;
}

/** What a trace has seen. Plain data: it can be written as JSON. */
export interface TraceRecord {
  /** The process that started the trace. */
  readonly pid: number;
  /** How long it ran, in milliseconds. */
  readonly duration: number;
  /** By time. */
  readonly events: readonly TraceEvent[];
  /** By birth. */
  readonly processes: readonly TraceProcess[];
  /** How many events came when the room for them was full, and are missing. */
  readonly lost: number;
}

/** A trace that runs, or is over. */
export interface Trace {
  /** Ends it in all its processes, and tells what it has seen; again, tells the same. */
  stop(): TraceRecord;
  /** For https://ui.perfetto.dev and chrome://tracing, as JSON. Of a trace that runs: what it has seen up to now. */
  toChromeTrace(): ChromeTrace;
  /** The timeline as a picture, for light and dark. Of a trace that runs: what it has seen up to now. */
  toSvg(): string;
}

const DEFAULT_EVENTS = 2 ** 16;

/**
 * Records what this process and all that are forked below it do from now on: forks, ends, blocking waits, reaps, signals
 * sent by kill, killpg and raise, programs started by exec, and slots that are filled. An event takes about a
 * microsecond; it is kept in shared memory, so those of a process that is killed are not lost.
 *
 * What Node does by itself (child_process, process.kill) is not seen.
 *
 * @param options.events how many events there is room for, 1 to 2^24. Default 65,536.
 * @returns the trace, which runs until its stop(), in a child of this process, too.
 * @throws ERR_TRACE_RUNNING: one trace at a time, here or above. ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `options`. What
 *   sharedMemory() throws.
 */
export function startTrace(options: TraceOptions = {}): Trace {
  const { events: given = DEFAULT_EVENTS } = object('options', options);
  const events = integer('options.events', given, 1, 2 ** 24);
  if (recorder !== undefined && !recorder.closed) {
    throw codedError(new Error('A trace runs already, in this process or above it'), 'ERR_TRACE_RUNNING');
  }
  return new RunningTrace(new Recorder(events));
}

class RunningTrace implements Trace {
  readonly #recorder: Recorder;
  readonly #pid = native.getpid();
  readonly #start = process.hrtime.bigint();
  #record: TraceRecord | undefined;

  constructor(block: Recorder) {
    this.#recorder = block;
    setRecorder(block);
    block.note(START, native.getppid());
  }

  stop(): TraceRecord {
    if (this.#record !== undefined) return this.#record;
    this.#recorder.close();
    if (recorder === this.#recorder) setRecorder(undefined);
    this.#record = this.#seen();
    return this.#record;
  }

  toChromeTrace(): ChromeTrace {
    return chromeTrace(this.#record ?? this.#seen());
  }

  toSvg(): string {
    return drawTrace(this.#record ?? this.#seen());
  }

  #seen(): TraceRecord {
    const events = decode(this.#recorder.read(), this.#start);
    const duration = Number(process.hrtime.bigint() - this.#start) / 1e6; // not before what was read
    return {
      pid: this.#pid,
      duration,
      events,
      processes: processesOf(events, duration),
      lost: this.#recorder.lost,
    };
  }
}
