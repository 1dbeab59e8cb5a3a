// What a pool gives its slots to: one call of run, map, each or keep.

import type { CallSite } from '../call-site.js';
import type { PoolChild } from './child.js';
import type { Exit } from './exit.js';
import type { Kind, Payload } from './frames.js';
import type { Port } from './port.js';

export interface Job {
  readonly name: string | undefined;
  /** Where it was called: what its errors show. */
  readonly site: CallSite;
  /** Whether it takes every slot for good: keep. */
  readonly keeps: boolean;
  /** Whether it wants a child in this slot now. */
  wants(slot: number): boolean;
  /** In the parent, before it forks: what main() calls, see child/rehearsal.ts. */
  rehearse(): void;
  /** In the child. */
  main(port: Port, slot: number): unknown;
  /** The child that it wanted has been forked, */
  spawned(child: PoolChild): void;
  /** or could not be. */
  forkFailed(error: Error): void;
  frame(child: PoolChild, kind: Kind, index: number, payload: Payload): void;
  ended(child: PoolChild, exit: Exit): void;
  /** Ends its children and fails; drops what has not begun. */
  cancel(error: unknown): void;
  /** Slots were taken away: those from `slots` on are to be left when their work allows it. */
  shrink(slots: number): void;
  /** Whether it holds its children back, for nobody takes their results. */
  readonly holds: boolean;
  /** Others wait for a slot: children that are held back are to leave theirs. */
  giveWay(): void;
}

/** What a job needs of its pool. */
export interface Host {
  /** This process is a child of the one that the pool is of. */
  readonly inChild: boolean;
  /** How children are ended. */
  stop(child: PoolChild): void;
  /** Whether the child is still at the pool's initialiser. */
  initialising(child: PoolChild): boolean;
  /** It may want a child that it did not want before. */
  wake(): void;
  /** It holds its children back from now on: others may need their slots. */
  holdsBack(job: Job): void;
  /** It is over: it wants nothing any more, and has no children. */
  over(job: Job): void;
  settled(good: boolean): void;
}
