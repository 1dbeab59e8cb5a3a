// A signal as an arrow, from the lane of its sender to that of its receiver.

import { findAt } from '../find-at.js';
import { line, path } from './elements.js';
import type { Box, Labels } from './labels.js';
import type { Layout } from './layout.js';

interface Arrow {
  x: number;
  /** Where it begins; the same as `tip` if it has no shaft. */
  from: number;
  tip: number;
  /** 1 or -1. */
  down: number;
  label: { y: number; content: string };
}

export function arrows(layout: Layout): Arrow[] {
  const { events, processes } = layout.record;
  const { half, font } = layout;
  return events.flatMap((event) => {
    if (event.type !== 'signal') return [];
    const { pid, time, target, signal } = event;
    const sender = findAt(pid, time, processes);
    if (sender === undefined) return [];
    const [x, from] = [layout.x(time), layout.y(sender)];
    // A group is named by its leader; group 0 is the sender's own.
    const receiver = findAt(Math.abs(target), time, processes);
    const to = receiver ? layout.y(receiver) : from;
    const down = receiver && to < from ? -1 : 1;
    const tip = to - down * half;
    const label = { y: to - half - font * 0.5, content: `${signal}${toWhom(target)}` };
    // To itself, or to somebody who is not in the picture: a mark of its own.
    return [{ x, from: receiver && receiver !== sender ? from : tip, tip, down, label }];
  });
}

/** What kill(2) makes of a number that is no process's. */
function toWhom(target: number): string {
  if (target > 0) return '';
  if (target === 0) return ' to its group';
  return target === -1 ? ' to all' : ` to group ${-target}`;
}

export function shape({ x, from, tip, down }: Arrow): string {
  const head = path(['M', x, tip, 'l', -3.5, -7 * down, 'h', 7, 'z'], 'head');
  return from === tip ? head : line(x, from, x, tip - down * 4, 'signal') + head;
}

/** What no label may hide. */
export function headOf({ x, tip, down }: Arrow): Box {
  return { x: x - 3.5, y: Math.min(tip, tip - 7 * down), width: 7, height: 7 };
}

/** The name, on that side of the arrow where no other arrow is. */
export function names(all: readonly Arrow[], labels: Labels): string[] {
  return all.map((arrow) => {
    const apart = all.flatMap((other) => (other === arrow ? [] : [shaftOf(other), headOf(other)]));
    return labels.place({ ...arrow.label, right: arrow.x + 5, left: arrow.x - 5, kind: 'said', apart });
  });
}

function shaftOf({ x, from, tip }: Arrow): Box {
  return { x: x - 1, y: Math.min(from, tip), width: 2, height: Math.abs(tip - from) };
}
