// SVG as text. The core has no dependency for a picture that nobody may ask for, and this is all of SVG that it needs.

export type Attributes = Record<string, string | number | undefined>;

/** A tenth of a pixel is finer than anybody sees. */
const rounded = (value: string | number) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);

/** Names of programs come from outside. What no XML can hold is shown as what it is: no character. */
export function escaped(text: string): string {
  return text.replace(NO_XML, '\ufffd').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** See https://www.w3.org/TR/xml/#charsets. */
const NO_XML = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** `content` is inserted as it is. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(String(rounded(value as string | number)))}"`);
  return `<${name}${list.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return element('line', { class: kind, x1, y1, x2, y2 });
}

export function path(d: (string | number)[], kind: string, attributes: Attributes = {}): string {
  return element('path', { class: kind, d: d.map(rounded).join(' '), ...attributes });
}

/** Sans-serif letters are this wide on average, as a part of their height; the wider fonts are meant. */
const LETTER = 0.62;

export function textWidth(content: string, size: number): number {
  return content.length * size * LETTER;
}
