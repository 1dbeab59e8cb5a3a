/** Part of the picture, in its units, which are pixels at its natural size. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Dark enough on white for a projector; hare and lynx differ in lightness too, for paper without colours. */
export const COLOURS = { ink: '#1a1a1a', grid: '#dddddd', hare: '#0b5fa5', lynx: '#d9480f' } as const;

type Attributes = Record<string, string | number>;

/** An SVG element; content is inserted as it is, for none of the texts of this program comes from outside. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${rounded(value)}"`);
  return `<${name}${list.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, 'font-size': 15, fill: COLOURS.ink, ...attributes }, content);
}

export function line(
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  stroke: string,
  attributes: Attributes = {},
): string {
  return element('line', { x1, y1, x2, y2, stroke, ...attributes });
}

/** Maps values from..to to pixels start..end. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** Round values (1, 2 or 5 times a power of ten apart) from 0 to at most `to`, about ten of them. */
export function ticks(to: number): number[] {
  const power = 10 ** Math.floor(Math.log10(to / 5));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= to / 10) ?? 10);
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(12)),
  );
}

/** A tenth of a pixel is finer than anybody sees, and halves the file. */
function rounded(value: string | number): string | number {
  return typeof value === 'number' ? Math.round(value * 10) / 10 : value;
}
