// In a child of a map: the items that it takes, one after the other.

import { isPromise } from '../validate.js';
import type { Agenda } from './agenda.js';
import type { CheckedMapOptions } from './options.js';
import { isPortClosed, type Port } from './port.js';
import { returned, settle } from './worker.js';

/** What is done with each item. */
export interface Task<T, R> {
  items: ArrayLike<T>;
  work: (item: T, index: number) => R | Promise<R>;
  options: CheckedMapOptions<T, R>;
}

export class Share<T, R> {
  readonly #task: Task<T, R>;
  readonly #agenda: Agenda;
  readonly #port: Port;
  readonly #slot: number;
  /** How many items it may still take. */
  #left: number;
  /** Those that it has taken and not yet done are at the positions from `next` to before `end`. */
  #next = 0;
  #end = 0;

  constructor(task: Task<T, R>, agenda: Agenda, port: Port, slot: number) {
    this.#task = task;
    this.#agenda = agenda;
    this.#port = port;
    this.#slot = slot;
    this.#left = task.options.maxTasksPerChild;
  }

  /** Until there is nothing to take. While nothing is a promise it is one loop; else the rest of it is behind an await. */
  doAll(): unknown {
    while (this.#take()) {
      const pending = this.#do(this.#agenda.at(this.#next++));
      if (pending) return pending.then(() => this.doAll());
    }
    return undefined;
  }

  /** Whether there is something at hand. */
  #take(): boolean {
    const { ledger, positions } = this.#agenda;
    if (ledger.isCondemned(this.#slot)) return false;
    if (this.#next < this.#end) return true;
    if (this.#left <= 0 || this.#slot >= ledger.slots) return false;
    const count = Math.min(this.#task.options.chunk, this.#left);
    this.#next = ledger.take(count, positions);
    this.#end = Math.min(this.#next + count, positions);
    this.#left -= count;
    return this.#next < this.#end;
  }

  /** One item; a promise if it is one. */
  #do(index: number): Promise<void> | undefined {
    const port = this.#port;
    const slot = this.#slot;
    const { ledger } = this.#agenda;
    const { items, work, options } = this.#task; // work: not as a method
    port.index = index;
    ledger.begin(slot, index);
    if (options.onStart) port.begun(index);
    ledger.startClock(slot);
    const answer = (value: unknown) => {
      returned(port);
      ledger.stopClock(slot);
      port.answer(index, value);
      ledger.leave(slot);
    };
    const fail = (error: unknown) => {
      if (port.isParents || isPortClosed(error)) throw error;
      ledger.stopClock(slot);
      port.thrown(index, error);
      ledger.leave(slot);
    };
    try {
      const value = work(items[index] as T, index);
      if (isPromise(value)) return settle(value).then(answer, fail);
      answer(value);
    } catch (error) {
      fail(error);
    }
    return undefined;
  }
}
