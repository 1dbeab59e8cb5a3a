// V8 compiles a function when it is first called, and throws away the code of one that is not called for some collections of its
// heap. What runs in children alone is called in their parent, too, before it forks, where it changes nothing: each child
// would compile it anew, which takes longer than what it does.

import { native } from '../native.js';

/**
 * V8 learns from several calls where the properties of objects lie, and with the ninth it has machine code made of most
 * functions, since Node 24 by a thread of its own. With eight, each child would begin that thread.
 */
export const TIMES = 12;

/**
 * Node 20 does not count calls, but bytes of bytecode up to 940: after 70 calls, hardly a short function of ours is just short of
 * them.
 */
const TIMES_OF_SHORT = Number.parseInt(process.versions.v8, 10) < 12 ? 70 : TIMES;

export class Rehearsal {
  readonly #play: () => void;
  readonly #timesIfNew: number;
  #times: number;
  /** How often V8 had collected when it was played last. */
  #played: number | undefined;

  /**
   * @param play calls what the children will call.
   * @param times how often, while it is new: TIMES where that is long.
   */
  constructor(play: () => void, times = TIMES_OF_SHORT) {
    this.#play = play;
    this.#times = this.#timesIfNew = times;
  }

  /** In the parent, before a fork: plays it if it is new, or V8 may have thrown away something of it. */
  run(): void {
    const collections = native.collections();
    if (this.#played === collections) return;
    try {
      for (let i = 0; i < this.#times; i++) this.#play();
    } catch {
      return; // no descriptor was left, or no stack: a fork can do without
    }
    this.#played = collections;
    this.#times = 1; // what V8 has learned mostly stays
  }

  /** There is something new in it. */
  renew(): void {
    this.#played = undefined;
    this.#times = this.#timesIfNew;
  }
}
