// Where in the picture a moment and a process are.

import type { TraceProcess } from '../processes.js';
import type { TraceRecord } from '../trace.js';
import { textWidth } from './elements.js';
import { type Lane, lanesOf } from './lanes.js';

export const WIDTH = 1000;
export const TOP = 46;
/** Where the time ends; behind it there is room for the labels of the last ends. */
export const END = WIDTH - 80;
export const FONT = 12;

/** With more processes than this, all lines and labels together would hide the lives. */
const CROWD = 24;

export class Layout {
  readonly record: TraceRecord;
  readonly lanes: readonly Lane[];
  /** The height of a lane. They get lower as they get more; below the height of a letter, only some have a name. */
  readonly lane: number;
  readonly font: number;
  /** Where the time begins. */
  readonly left: number;
  readonly bottom: number;
  readonly #rows = new Map<TraceProcess, number>();

  constructor(record: TraceRecord) {
    this.record = record;
    this.lanes = lanesOf(record.processes, record.duration);
    this.lane = Math.min(30, Math.max(4, 720 / Math.max(1, this.lanes.length)));
    this.font = Math.min(FONT, Math.max(8.5, this.lane * 0.8));
    for (const [row, { processes }] of this.lanes.entries()) {
      for (const process of processes) this.#rows.set(process, row);
    }
    const names = this.lanes.map((lane) => this.indent(lane) + textWidth(this.nameOf(lane), this.font));
    this.left = Math.max(60, ...names) + 16;
    this.bottom = TOP + this.lanes.length * this.lane;
  }

  x(time: number): number {
    const { duration } = this.record;
    const share = duration > 0 ? Math.min(1, Math.max(0, time / duration)) : 0;
    return this.left + share * (END - this.left);
  }

  /** The middle of its lane. */
  y(process: TraceProcess): number {
    return TOP + ((this.#rows.get(process) as number) + 0.5) * this.lane;
  }

  /** The one that comes after it in its lane. */
  next(process: TraceProcess): TraceProcess | undefined {
    const { processes } = this.lanes[this.#rows.get(process) as number] as Lane;
    return processes[processes.indexOf(process) + 1];
  }

  /** Half the height of a bar. */
  get half(): number {
    return Math.max(1.2, Math.min(9, this.lane * 0.36));
  }

  get crowded(): boolean {
    return this.record.processes.length > CROWD;
  }

  /** Where the name of a lane begins. */
  indent({ depth }: Lane): number {
    return 16 + Math.min(depth, 8) * 10;
  }

  nameOf({ processes, depth }: Lane): string {
    const [one] = processes as [TraceProcess];
    const slot = one.slot === null ? '' : `slot ${one.slot}`;
    if (processes.length > 1) return `${slot || 'children'} (${processes.length})`;
    if (depth === 0 && one.pid === this.record.pid) return `${one.pid} (first)`;
    return slot === '' ? `${one.pid}` : `${one.pid} ${slot}`;
  }
}
