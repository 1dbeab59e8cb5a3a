/** Round values (1, 2 or 5 times a power of ten apart) from 0 to at most `to`, about `count` of them. */
export function ticks(to: number, count: number): number[] {
  if (!(to > 0)) return [0];
  const power = 10 ** Math.floor(Math.log10(to / count));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= to / count) ?? 10);
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, i) =>
    Number((i * step).toPrecision(12)),
  );
}

/** Milliseconds as a person reads them, in the unit that suits the whole axis. */
export function duration(milliseconds: number, span: number): string {
  const [scale, unit] = unitOf(span);
  return `${Number((milliseconds * scale).toPrecision(6))} ${unit}`;
}

function unitOf(span: number): [scale: number, unit: string] {
  if (span >= 2000) return [1e-3, 's'];
  return span >= 2 ? [1, 'ms'] : [1e3, 'µs'];
}
