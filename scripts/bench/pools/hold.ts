/** Stays as it is for so many milliseconds, so that the memory of all tasks at once can be measured. */
export function holdMemory(milliseconds: number): void {
  if (milliseconds > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
