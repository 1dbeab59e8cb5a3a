// Which child is in which slot, and for which call.

import type { Call } from './calls.js';
import type { PoolChild } from './child.js';

export interface Occupant {
  readonly child: PoolChild;
  readonly call: Call;
  /** Its initialiser has not ended. */
  initialising: boolean;
  /** We have sent it a signal. */
  stopped: boolean;
}

export class SlotTable {
  readonly #occupants: (Occupant | undefined)[] = [];
  #taken = 0;

  /** How many slots have a child, one that was reaped and whose end is not yet told included. */
  get taken(): number {
    return this.#taken;
  }

  /** Those not yet reaped, by slot. */
  get children(): readonly PoolChild[] {
    return this.#occupants.flatMap((occupant) =>
      occupant && !occupant.child.reaped ? [occupant.child] : [],
    );
  }

  isFree(slot: number): boolean {
    return this.#occupants[slot] === undefined;
  }

  at(slot: number): Occupant | undefined {
    return this.#occupants[slot];
  }

  /** undefined: it has its slot no more. */
  of(child: PoolChild): Occupant | undefined {
    const occupant = this.#occupants[child.slot];
    return occupant?.child === child ? occupant : undefined;
  }

  enter(occupant: Occupant): void {
    this.#occupants[occupant.child.slot] = occupant;
    this.#taken++;
  }

  leave({ child }: Occupant): void {
    this.#occupants[child.slot] = undefined;
    this.#taken--;
  }
}
