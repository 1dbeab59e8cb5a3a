// Text beside the marks. Labels take their places in the order in which they are asked for, which is to be that of what they
// are worth.

import { text, textWidth } from './elements.js';
import { WIDTH } from './layout.js';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Label {
  content: string;
  /** Where it begins, if there is room: to the right of the mark. */
  right: number;
  /** Where it ends otherwise: to the left of it. */
  left?: number;
  /** Its middle. */
  y: number;
  kind?: string;
  /** What it must not touch, besides other labels. */
  apart?: readonly Box[];
}

export class Labels {
  readonly #size: number;
  readonly #taken: Box[] = [];

  constructor(font: number) {
    this.#size = Math.min(11, font);
  }

  widthOf(content: string): number {
    return textWidth(content, this.#size);
  }

  /** Nothing where it would touch something on either side, or leave the picture. */
  place({ content, right, left, y, kind = '', apart = [] }: Label): string {
    if (content === '') return '';
    const size = this.#size;
    const width = this.widthOf(content);
    const sides = [right, ...(left === undefined ? [] : [left - width])];
    for (const x of sides) {
      const box = { x, y: y - size / 2, width, height: size };
      if (x < 2 || x + width > WIDTH - 2) continue;
      if ([...this.#taken, ...apart].some((other) => touch(box, other))) continue;
      this.#taken.push(box);
      return text(x, y + size * 0.35, content, { class: `halo ${kind}`.trim(), 'font-size': size });
    }
    return '';
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
