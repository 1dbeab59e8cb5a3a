const REDRAW_MILLISECONDS = 100;
const PLAIN_EVERY = 5;

/**
 * Says how far a run has come: on a terminal in one line that is drawn again and again, elsewhere in a line
 * of its own for every fifth generation, which reads well in a log.
 */
export class Progress {
  private drawn = 0;
  private generation = 0;
  private best = Number.POSITIVE_INFINITY;

  constructor(
    private readonly label: string,
    private readonly generations: number,
  ) {}

  /** A generation has been evaluated, and `best` is its least sum of squares. */
  generationDone(generation: number, best: number): void {
    this.generation = generation;
    this.best = best;
    const last = generation === this.generations;
    if (process.stdout.isTTY) {
      this.draw('');
      if (last) process.stdout.write('\n');
    } else if (last || generation % PLAIN_EVERY === 0) {
      console.log(this.line());
    }
  }

  /** Called at any rate; draws as often as an eye can follow. */
  tick(note: string): void {
    if (process.stdout.isTTY && performance.now() - this.drawn >= REDRAW_MILLISECONDS) this.draw(note);
  }

  private draw(note: string): void {
    this.drawn = performance.now();
    // One column stays free: a full line could begin the next one, and what is left on it would not be drawn over.
    const columns = process.stdout.columns || 80; // 0: the terminal does not say
    const line = `${this.line()}${note}`.slice(0, columns - 1);
    process.stdout.write(`\r${line}\x1b[K`);
  }

  private line(): string {
    const done = Math.floor((24 * this.generation) / this.generations);
    const bar = `${'#'.repeat(done)}${'.'.repeat(24 - done)}`;
    const best = this.generation === 0 ? '' : `  best ${this.best.toFixed(4)}`;
    return `${this.label}  ${bar}  ${this.generation}/${this.generations}${best}`;
  }
}
