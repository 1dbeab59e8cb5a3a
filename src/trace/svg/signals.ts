// A signal as an arrow, from the lane of its sender to that of its receiver.

import { findAt } from '../processes.js';
import { line, path } from './elements.js';
import type { Labels } from './labels.js';
import type { Layout } from './layout.js';

export function signals(layout: Layout, labels: Labels): { shapes: string[]; labels: string[] } {
  const { events, processes } = layout.record;
  const { half, font } = layout;
  const shapes: string[] = [];
  const said: string[] = [];
  for (const event of events) {
    if (event.type !== 'signal') continue;
    const { pid, time, target, signal } = event;
    const sender = findAt(pid, time, processes);
    if (sender === undefined) continue;
    const [x, from] = [layout.x(time), layout.y(sender)];
    // A group is named by its leader; group 0 is the sender's own.
    const receiver = findAt(Math.abs(target), time, processes);
    const to = receiver ? layout.y(receiver) : from;
    const name = `${signal}${toWhom(target)}`;
    if (receiver && receiver !== sender) {
      const down = to > from ? 1 : -1;
      const tip = to - down * half;
      shapes.push(line(x, from, x, tip - down * 4, 'signal'), head(x, tip, down));
    } else {
      // To itself, or to somebody who is not in the picture: a mark of its own.
      shapes.push(head(x, from - half, 1));
    }
    said.push(labels.place(x + 5, to - half - font * 0.5, name, 'said'));
  }
  return { shapes, labels: said };
}

/** What kill(2) makes of a number that is no process's. */
function toWhom(target: number): string {
  if (target > 0) return '';
  if (target === 0) return ' to its group';
  return target === -1 ? ' to all' : ` to group ${-target}`;
}

function head(x: number, tip: number, down: number): string {
  return path(['M', x, tip, 'l', -3.5, -7 * down, 'h', 7, 'z'], 'head');
}
