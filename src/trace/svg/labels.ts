// Text beside the marks. Labels take their places in the order in which they are asked for, which is to be that of what they
// are worth.

import { text, textWidth } from './elements.js';
import { WIDTH } from './layout.js';

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class Labels {
  readonly #size: number;
  readonly #taken: Box[] = [];

  constructor(font: number) {
    this.#size = Math.min(11, font);
  }

  /** Text from x on, its middle at y; nothing where it would touch other text or leave the picture. */
  place(x: number, y: number, content: string, kind = ''): string {
    const size = this.#size;
    const box = { x, y: y - size / 2, width: textWidth(content, size), height: size };
    if (content === '' || box.x + box.width > WIDTH - 2) return '';
    if (this.#taken.some((other) => touch(box, other))) return '';
    this.#taken.push(box);
    return text(x, y + size * 0.35, content, { class: `halo ${kind}`.trim(), 'font-size': size });
  }
}

function touch(one: Box, other: Box): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}
