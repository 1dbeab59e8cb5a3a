// A trace as a picture: a lane a process, and time from left to right.

import { findAt, type TraceProcess } from '../processes.js';
import type { TraceRecord } from '../trace.js';
import { element, escaped, line, path, text, textWidth } from './elements.js';
import { type Lane, lanesOf, parentOf } from './lanes.js';
import { legend } from './legend.js';
import { SLOT_COLOURS, STYLE } from './style.js';
import { duration as inWords, ticks } from './ticks.js';

const WIDTH = 1000;
const TOP = 46;
const RIGHT = 80;
const FONT = 12;

/** Lanes get lower as they get more; below the height of a letter, only some have a label. */
function laneHeight(lanes: number): number {
  return Math.min(30, Math.max(4, 720 / lanes));
}

export function drawTrace(record: TraceRecord): string {
  const lanes = lanesOf(record.processes, record.duration);
  const picture = new Picture(record, lanes);
  return picture.draw();
}

class Picture {
  readonly #record: TraceRecord;
  readonly #lanes: readonly Lane[];
  readonly #lane: number;
  readonly #font: number;
  readonly #left: number;
  readonly #bottom: number;
  readonly #rows = new Map<TraceProcess, number>();
  /** Where there is text already: a label that would touch another is left out. */
  readonly #taken: { x: number; y: number; width: number; height: number }[] = [];

  constructor(record: TraceRecord, lanes: readonly Lane[]) {
    this.#record = record;
    this.#lanes = lanes;
    this.#lane = laneHeight(Math.max(1, lanes.length));
    this.#font = Math.min(FONT, Math.max(8.5, this.#lane * 0.8));
    for (const [row, { processes }] of lanes.entries()) {
      for (const process of processes) this.#rows.set(process, row);
    }
    const names = lanes.map((lane) => this.#indent(lane) + textWidth(this.#nameOf(lane), this.#font));
    this.#left = Math.max(60, ...names) + 16;
    this.#bottom = TOP + lanes.length * this.#lane;
  }

  draw(): string {
    const { processes, duration, lost } = this.#record;
    const height = this.#bottom + 78;
    const count = processes.length === 1 ? '1 process' : `${processes.length} processes`;
    const title = `${count}, ${inWords(Number(duration.toPrecision(3)), duration)}`;
    // Labels take their places in the order of what they are worth; they are drawn last, over all else.
    const ends = processes.map((process) => this.#endOf(process));
    const signals = this.#signals();
    const branches = processes.map((process) => this.#branches(process));
    const bars = processes.map((process) => this.#bar(process));
    const parts = [
      element('title', {}, escaped(title)),
      element('style', {}, STYLE),
      element(
        'defs',
        {},
        element(
          'pattern',
          {
            id: 'hatch',
            width: 5,
            height: 5,
            patternUnits: 'userSpaceOnUse',
            patternTransform: 'rotate(45)',
          },
          line(0, 0, 0, 5, 'hatch'),
        ),
      ),
      element('rect', { class: 'paper', width: WIDTH, height }),
      text(16, 26, title, { 'font-size': 15, 'font-weight': 600 }),
      lost > 0
        ? text(WIDTH - 16, 26, `${lost} events are missing: the trace was full`, {
            'font-size': FONT,
            'text-anchor': 'end',
          })
        : '',
      ...this.#axis(),
      ...this.#names(),
      element('g', { opacity: this.#crowded ? 0.4 : undefined }, branches.map(({ lines }) => lines).join('')),
      ...bars.map(({ shapes }) => shapes),
      ...branches.map(({ marks }) => marks),
      ...signals.shapes,
      ...bars.map(({ labels }) => labels),
      ...ends,
      ...signals.labels,
      legend(16, height - 14, WIDTH),
    ];
    return `${element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        viewBox: `0 0 ${WIDTH} ${Math.ceil(height)}`,
        width: WIDTH,
        height: Math.ceil(height),
        role: 'img',
      },
      `\n${parts.filter((part) => part !== '').join('\n')}\n`,
    )}\n`;
  }

  #x(time: number): number {
    const { duration } = this.#record;
    const share = duration > 0 ? Math.min(1, Math.max(0, time / duration)) : 0;
    return this.#left + share * (WIDTH - RIGHT - this.#left);
  }

  /** The middle of its lane. */
  #y(process: TraceProcess): number {
    return TOP + ((this.#rows.get(process) as number) + 0.5) * this.#lane;
  }

  /** Half the height of a bar. */
  get #half(): number {
    return Math.max(1.2, Math.min(9, this.#lane * 0.36));
  }

  /** Where all lines and labels together would hide the lives. */
  get #crowded(): boolean {
    return this.#record.processes.length > 24;
  }

  #indent({ depth }: Lane): number {
    return 16 + Math.min(depth, 8) * 10;
  }

  #nameOf({ processes, depth }: Lane): string {
    const [one] = processes as [TraceProcess];
    const slot = one.slot === null ? '' : `slot ${one.slot}`;
    if (processes.length > 1) return `${slot || 'children'} (${processes.length})`;
    if (depth === 0 && one.pid === this.#record.pid) return `${one.pid} (first)`;
    return slot === '' ? `${one.pid}` : `${one.pid} ${slot}`;
  }

  #names(): string[] {
    const every = Math.ceil(this.#font / this.#lane);
    return this.#lanes.flatMap((lane, row) => {
      const [one] = lane.processes as [TraceProcess];
      const y = this.#y(one);
      const name =
        row % every === 0
          ? [
              text(this.#indent(lane), y + this.#font * 0.35, this.#nameOf(lane), {
                'font-size': this.#font,
              }),
            ]
          : [];
      return [...name, line(this.#left, y, WIDTH - RIGHT, y, 'guide')];
    });
  }

  #axis(): string[] {
    const { duration } = this.#record;
    const base = this.#bottom + 6;
    const marks = ticks(duration, 8).flatMap((time) => {
      const x = this.#x(time);
      return [
        line(x, TOP - 4, x, base, 'guide'),
        line(x, base, x, base + 5, 'axis'),
        text(x, base + 19, inWords(time, duration), {
          class: 'soft',
          'font-size': FONT,
          'text-anchor': 'middle',
        }),
      ];
    });
    return [...marks, line(this.#left, base, WIDTH - RIGHT, base, 'axis')];
  }

  /** The life, the waits in it, and the time as a zombie. */
  #bar(process: TraceProcess): { shapes: string; labels: string } {
    const { pid, started, ended, reaped, end, slot, waits, exec } = process;
    const over = ended ?? this.#record.duration;
    const [from, to, y, half] = [this.#x(started), this.#x(over), this.#y(process), this.#half];
    const box = { y: y - half, height: 2 * half };
    const colour = slot === null ? '' : ` slot${slot % SLOT_COLOURS}`;
    const tip = `${pid}: ${inWords(Number((over - started).toPrecision(4)), over - started)}${end && `, ${end}`}`;
    const shapes = [
      element(
        'rect',
        { class: `life${colour}`, x: from, width: Math.max(1, to - from), ...box },
        element('title', {}, escaped(tip)),
      ),
      ...waits.flatMap(({ from: began, to: done }) => {
        const area = { x: this.#x(began), width: this.#x(done) - this.#x(began), ...box };
        if (area.width < 0.3) return [];
        return [
          element('rect', { class: 'ground', ...area }),
          element('rect', { fill: 'url(#hatch)', ...area }),
        ];
      }),
    ];
    if (reaped !== null && this.#x(reaped) - to > 1) shapes.push(line(to, y, this.#x(reaped), y, 'zombie'));
    if (exec) {
      const x = this.#x(exec.time);
      shapes.push(line(x, y - half, x, y + half, 'end'));
    }
    const labels = exec ? this.#label(this.#x(exec.time) + 4, y, `exec ${exec.program}`) : '';
    return { shapes: shapes.join(''), labels };
  }

  /** From the parent's lane at the fork, and back to the reaper's. */
  #branches(process: TraceProcess): { lines: string; marks: string } {
    const { processes } = this.#record;
    let [lines, marks] = ['', ''];
    const join = (other: TraceProcess, time: number, line: string, mark: string) => {
      const [x, y, from] = [this.#x(time), this.#y(process), this.#y(other)];
      const edge = from + Math.sign(y - from) * this.#half;
      lines += path(['M', x, edge, 'V', y], line);
      marks += element('circle', { class: mark, cx: x, cy: edge, r: this.#crowded ? 1.5 : 2.5 });
    };
    const parent = parentOf(process, processes);
    if (parent) join(parent, process.started, 'fork', 'dot');
    const reaper = this.#reaperOf(process);
    if (reaper && process.reaped !== null) join(reaper, process.reaped, 'reap', 'ring');
    return { lines, marks };
  }

  #reaperOf(process: TraceProcess): TraceProcess | undefined {
    const { events, processes } = this.#record;
    if (process.reaped === null) return undefined;
    const reap = events.find(
      (event) => event.type === 'reap' && event.child === process.pid && event.time === process.reaped,
    );
    return reap && findAt(reap.pid, reap.time, processes);
  }

  /** How it ended, behind the end of its bar; in a crowd, only of those that failed. */
  #endOf(process: TraceProcess): string {
    if (process.ended === null || (this.#crowded && process.end === 'exit 0')) return '';
    const x = this.#x(Math.max(process.ended, process.reaped ?? 0));
    return this.#label(x + 6, this.#y(process), process.end);
  }

  #signals(): { shapes: string[]; labels: string[] } {
    const { events, processes } = this.#record;
    const shapes: string[] = [];
    const labels: string[] = [];
    for (const event of events) {
      if (event.type !== 'signal') continue;
      const { pid, time, target, signal } = event;
      const sender = findAt(pid, time, processes);
      if (sender === undefined) continue;
      const [x, from] = [this.#x(time), this.#y(sender)];
      // A group is named by its leader; group 0 is the sender's own.
      const receiver = findAt(Math.abs(target), time, processes);
      const to = receiver ? this.#y(receiver) : from;
      const name = target < 0 ? `${signal} to group ${-target}` : target === 0 ? `${signal} to all` : signal;
      if (receiver && receiver !== sender) {
        const down = to > from ? 1 : -1;
        const tip = to - down * this.#half;
        shapes.push(line(x, from, x, tip - down * 4, 'signal'), head(x, tip, down));
      } else {
        // To itself, or to somebody who is not in the picture: a mark of its own.
        shapes.push(head(x, from - this.#half, 1));
      }
      labels.push(this.#label(x + 5, to - this.#half - this.#font * 0.5, name, 'said'));
    }
    return { shapes, labels };
  }

  /** Text from x on, its middle at y; nothing where it would touch other text or leave the picture. */
  #label(x: number, y: number, content: string, kind = ''): string {
    const size = Math.min(11, this.#font);
    const box = { x, y: y - size / 2, width: textWidth(content, size), height: size };
    if (content === '' || box.x + box.width > WIDTH - 2) return '';
    for (const { x: left, y: top, width, height } of this.#taken) {
      const apart =
        left >= box.x + box.width ||
        left + width <= box.x ||
        top >= box.y + box.height ||
        top + height <= box.y;
      if (!apart) return '';
    }
    this.#taken.push(box);
    return text(x, y + size * 0.35, content, { class: `halo ${kind}`.trim(), 'font-size': size });
  }
}

function head(x: number, tip: number, down: number): string {
  return path(['M', x, tip, 'l', -3.5, -7 * down, 'h', 7, 'z'], 'head');
}
