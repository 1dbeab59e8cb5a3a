// When a map gives up: what has come to nothing several times in a row would do so for ever.

/** Children that die before they have begun with anything; rounds that settle nothing. */
const ENOUGH = 3;

export class Futility {
  #children = 0;
  #rounds = 0;
  /** What was settled when the last round ended. */
  #settled = 0;

  /** Something came of a child. */
  refuted(): void {
    this.#children = 0;
  }

  /** A child has died of which nothing came; whether the next one is not worth its while. */
  childDied(): boolean {
    return ++this.#children > ENOUGH;
  }

  /** All items were taken, and all children have ended, perhaps well; whether their answers do not come. */
  roundEnded(settled: number): boolean {
    this.#rounds = settled > this.#settled ? 0 : this.#rounds + 1;
    this.#settled = settled;
    return this.#rounds > ENOUGH;
  }
}
