// A wait for any of our children while child_process runs others, whose ends are not to be taken.

import { ECHILD } from '../errors.js';
import { native } from '../native.js';
import { FOR_CHILD, recorder, WAIT, WAITED } from '../trace/recorder.js';
import { ownChildren, threadsWait } from './children.js';

export interface Search<A> {
  matches(child: number): boolean;
  /** Asks for one, without waiting: above 0 it was found, 0 nothing yet, else -errno. */
  ask(child: number): { result: number; answer: A };
  block: boolean;
  /** What is asked for: that they end, and stops and the like. */
  ends: boolean;
  more: boolean;
  fail(errno: number): Error;
}

/**
 * Asks for each of our children by its pid. Blocks in the kernel until SIGCHLD tells that a new look is worth it; beside other
 * threads, until one of those ends that there are.
 */
export function waitAmongOthers<A>(search: Search<A>): A | undefined {
  if (!search.block) return lookAmongOthers(search);
  // Before the first look, or what happens between look and sleep would go unheard.
  const threads = threadsWait();
  const told = !threads && native.beginChildEvents() === 0;
  try {
    for (;;) {
      const found = lookAmongOthers(search);
      if (found !== undefined) return found;
      recorder?.note(WAIT, FOR_CHILD, -1);
      if (told) native.waitForChildEvent();
      else {
        const children = search.ends ? ownChildren().filter(search.matches) : [];
        native.waitUntilAnyEnds(children, threads && !search.more ? -1 : UNTOLD);
      }
      recorder?.note(WAITED);
    }
  } finally {
    if (told) native.endChildEvents();
  }
}

/** Milliseconds between two looks, where nothing tells of a child. */
const UNTOLD = 10;

function lookAmongOthers<A>({ matches, ask, fail }: Search<A>): A | undefined {
  let left = 0;
  for (const child of ownChildren().filter(matches)) {
    const { result, answer } = ask(child);
    if (result > 0) return answer;
    if (result === 0) left++;
    // Somebody else has reaped it; or the kernel has, where SIGCHLD is ignored, and lists it for a moment more.
    else if (result === -ECHILD) native.forgetChild(child);
    else throw fail(-result);
  }
  if (left === 0) throw fail(ECHILD); // who slept now would not be woken
  return undefined;
}
