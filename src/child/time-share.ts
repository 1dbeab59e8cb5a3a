import { now } from '../timers.js';

/** The part of the parent's time that goes into something. */
export class TimeShare {
  readonly #part: number;
  /** Not before; what performance.now() is. */
  #next = 0;

  constructor(part: number) {
    this.#part = part;
  }

  get isLeft(): boolean {
    return now() >= this.#next;
  }

  take(milliseconds: number): void {
    this.#next = now() + milliseconds / this.#part;
  }
}
