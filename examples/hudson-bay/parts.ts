/** The individuals of a population from index `from` up to, not including, `to`. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/** Two parts a slot: one whose child ends early takes another, and no core waits long for the last child. */
export function cut(length: number, slots: number): Part[] {
  const size = Math.ceil(length / (2 * slots));
  return Array.from({ length: Math.ceil(length / size) }, (_, i) => ({
    from: i * size,
    to: Math.min((i + 1) * size, length),
  }));
}
