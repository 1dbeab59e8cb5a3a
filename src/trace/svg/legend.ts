// What the marks mean, in one line below the axis.

import { element, line, path, text, textWidth } from './elements.js';

const FONT = 11;
const SAMPLE = 26;

export function legend(left: number, y: number, width: number): string {
  const middle = y - 4;
  const box = { y: middle - 5, width: SAMPLE, height: 10 };
  const entries: [name: string, sample: (x: number) => string][] = [
    ['lives', (x) => element('rect', { class: 'life', x, ...box })],
    [
      'waits',
      (x) =>
        element('rect', { class: 'life', x, ...box }) +
        element('rect', { class: 'ground', x, ...box }) +
        element('rect', { fill: 'url(#hatch)', x, ...box }),
    ],
    ['ended, not reaped yet', (x) => line(x, middle, x + SAMPLE, middle, 'zombie')],
    [
      'fork',
      (x) =>
        path(['M', x + 13, middle - 6, 'v', 12], 'fork') +
        element('circle', { class: 'dot', cx: x + 13, cy: middle - 6, r: 2.5 }),
    ],
    [
      'reap',
      (x) =>
        path(['M', x + 13, middle + 6, 'v', -12], 'reap') +
        element('circle', { class: 'ring', cx: x + 13, cy: middle - 6, r: 2.5 }),
    ],
    [
      'signal',
      (x) =>
        line(x + 13, middle - 7, x + 13, middle, 'signal') +
        path(['M', x + 13, middle + 6, 'l', -3.5, -7, 'h', 7, 'z'], 'head'),
    ],
  ];
  let x = left;
  const parts: string[] = [];
  for (const [name, sample] of entries) {
    const end = x + SAMPLE + 6 + textWidth(name, FONT);
    if (end > width) break;
    parts.push(sample(x), text(x + SAMPLE + 6, y, name, { class: 'soft', 'font-size': FONT }));
    x = end + 18;
  }
  return parts.join('');
}
