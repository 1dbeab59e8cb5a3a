// Where a running trace writes. One block of shared memory holds the events of all its processes, as records of one size:
// a process takes the next by one atomic addition, and what it has written stays there when it dies.

import { sharedMemory } from '../memory/shared-memory.js';
import { native } from '../native.js';

/** What happened. 0 is a record that was taken and not written, or taken back. */
export const START = 1; // (parent)
export const FORK = 2; // (child, microseconds that the fork took)
export const EXIT = 3; // (code)
export const WAIT = 4; // (for what, pid): a blocking wait begins
export const WAITED = 5; // () and is over
export const REAP = 6; // (child, status)
export const SIGNAL = 7; // (target, signal)
export const EXEC = 8; // (), and the name of the program
export const SLOT = 9; // (slot, child, table)

/** What a WAIT is for. */
export const FOR_CHILD = 0;
export const FOR_SIGNAL = 1;
export const FOR_MEMORY = 2;

/** The head of the block: words. */
const NEXT = 0;
const CLOSED = 1;
const LOST = 2;

// A record: 8 bytes of time, then words, then the text. 64 bytes are a cache line, and the head takes the first.
const RECORD = 64;
const KIND = 2;
const PID = 3;
const FIRST = 4;
const TEXT = 28;
const TEXT_BYTES = RECORD - TEXT;

/** One record, as it lies in the block. */
export interface Written {
  readonly kind: number;
  /** Nanoseconds of the system's monotonic clock, which is one for all processes. */
  readonly time: bigint;
  readonly pid: number;
  readonly values: readonly [number, number, number];
  readonly text: string;
}

export class Recorder {
  readonly #capacity: number;
  readonly #words: Int32Array;
  readonly #times: BigInt64Array;
  readonly #bytes: Buffer;
  #forkBegan = 0n;
  #forker = 0;

  constructor(capacity: number) {
    const memory = sharedMemory((capacity + 1) * RECORD);
    this.#capacity = capacity;
    this.#words = new Int32Array(memory);
    this.#times = new BigInt64Array(memory);
    this.#bytes = Buffer.from(memory);
  }

  /** Writes one event, in about a microsecond; the answer is for cancel(). It never throws. */
  note(kind: number, a = 0, b = 0, c = 0, text = ''): number {
    const words = this.#words;
    if (Atomics.load(words, CLOSED) !== 0) return -1;
    // Looked at first, so that the index stops growing, and never comes round.
    const record = Atomics.load(words, NEXT) < this.#capacity ? Atomics.add(words, NEXT, 1) : this.#capacity;
    if (record >= this.#capacity) {
      Atomics.add(words, LOST, 1);
      return -1;
    }
    const byte = (record + 1) * RECORD;
    const word = byte / 4;
    this.#times[byte / 8] = process.hrtime.bigint();
    words[word + PID] = native.getpid();
    words[word + FIRST] = a;
    words[word + FIRST + 1] = b;
    words[word + FIRST + 2] = c;
    if (text !== '') this.#bytes.write(text, byte + TEXT, TEXT_BYTES);
    // Last: who dies before this has written nothing, rather than half of it.
    Atomics.store(words, word + KIND, kind);
    return record;
  }

  /** Takes an event back that did not come true: a signal or a program is noted before the call, which may not return. */
  cancel(record: number | undefined): void {
    if (record !== undefined && record >= 0)
      Atomics.store(this.#words, ((record + 1) * RECORD) / 4 + KIND, 0);
  }

  /** Before a fork. */
  forking(): void {
    this.#forker = native.getpid();
    this.#forkBegan = process.hrtime.bigint();
  }

  /** After it, in both; -1 where it failed. */
  forked(pid: number): void {
    if (pid === 0) this.note(START, this.#forker);
    else if (pid > 0) this.note(FORK, pid, Number(process.hrtime.bigint() - this.#forkBegan) / 1000);
  }

  /** No process writes from here on. */
  close(): void {
    Atomics.store(this.#words, CLOSED, 1);
  }

  get closed(): boolean {
    return Atomics.load(this.#words, CLOSED) !== 0;
  }

  /** How many events found the block full. */
  get lost(): number {
    return Atomics.load(this.#words, LOST) >>> 0;
  }

  /** What was written up to now, by time. */
  read(): Written[] {
    const count = Math.min(Atomics.load(this.#words, NEXT), this.#capacity);
    const all: Written[] = [];
    for (let record = 0; record < count; record++) {
      const byte = (record + 1) * RECORD;
      const word = (index: number) => this.#words[byte / 4 + index] as number;
      const kind = Atomics.load(this.#words, byte / 4 + KIND);
      if (kind === 0) continue;
      const text = this.#bytes.subarray(byte + TEXT, byte + RECORD);
      const end = text.indexOf(0);
      all.push({
        kind,
        time: this.#times[byte / 8] as bigint,
        pid: word(PID),
        values: [word(FIRST), word(FIRST + 1), word(FIRST + 2)],
        text: text.toString('utf8', 0, end < 0 ? undefined : end),
      });
    }
    return all.sort((one, other) => Number(one.time - other.time));
  }
}

let tables = 0;

/** A number for each table of slots of this process, so that a trace can tell them apart. */
export function nextTable(): number {
  return tables++;
}

/** The trace that runs, if any: whoever has something to tell asks for this alone. Children have it from their parent. */
export let recorder: Recorder | undefined;

export function setRecorder(next: Recorder | undefined): void {
  recorder = next;
}
