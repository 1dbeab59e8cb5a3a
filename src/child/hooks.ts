// What libraries do around a fork: close over a connection before, renew it in the child.

import { invalidType } from '../errors.js';
import { native } from '../native.js';
import { callable, object } from '../validate.js';
import { Rehearsal } from './rehearsal.js';

/** Calls around each fork of this library, in the order of pthread_atfork(3). */
export interface ForkHooks {
  /** In the parent, before; last registered first. One that throws calls the fork off. */
  before?(): void;
  /** In the parent, after; first registered first. The pid is -1 where the fork failed. */
  parent?(pid: number): void;
  /** In the child, after and before fork() returns; first registered first. */
  child?(): void;
}

const registered: ForkHooks[] = [];
const NONE: readonly ForkHooks[] = [];
const KINDS = ['before', 'parent', 'child'] as const;

/**
 * Registers calls around each fork: `before` runs last registered first, `parent` and `child` in the order of
 * registration. An error that `parent` or `child` throws cannot undo the fork: it goes the way of an uncaught one
 * ('uncaughtException', or stderr and exit code 1), once all the other hooks have run. See pthread_atfork(3).
 *
 * @param hooks at least one of the three. They are taken over at this moment.
 * @returns the call that unregisters them.
 * @throws ERR_INVALID_ARG_TYPE: not an object, a hook that is not a function, or no hook at all; nothing is registered.
 */
export function onFork(hooks: ForkHooks): () => void {
  object('hooks', hooks);
  const entry: ForkHooks = {};
  for (const kind of KINDS) {
    if (!(kind in hooks)) continue;
    entry[kind] = callable(`hooks.${kind}`, hooks[kind] as () => void).bind(hooks) as never;
  }
  if (Object.keys(entry).length === 0) {
    throw invalidType('hooks', 'an object with at least one of before, parent and child', hooks);
  }
  registered.push(entry);
  return () => {
    const index = registered.indexOf(entry);
    if (index >= 0) registered.splice(index, 1);
  };
}

/**
 * Runs the before-hooks, and returns those whose other halves are to be run. If one of them throws, those that had run
 * before it get their parent-hook, with -1, so that what they hold is let go.
 */
export function runBeforeHooks(): readonly ForkHooks[] {
  if (registered.length === 0) return NONE;
  const hooks = [...registered];
  for (let i = hooks.length - 1; i >= 0; i--) {
    try {
      hooks[i]?.before?.();
    } catch (error) {
      runAfterHooks(hooks.slice(i + 1), -1);
      throw error;
    }
  }
  return hooks;
}

const rehearsal = new Rehearsal(() => runAfterHooks([{}, {}], 0));

/** In the parent, before it forks. */
export function rehearseHooks(): void {
  if (registered.length > 0) rehearsal.run();
}

/** The other halves: the parent's, or with 0 the child's. */
export function runAfterHooks(hooks: readonly ForkHooks[], pid: number): void {
  const errors: unknown[] = [];
  for (const hook of hooks) {
    try {
      if (pid === 0) hook.child?.();
      else hook.parent?.(pid);
    } catch (error) {
      errors.push(error);
    }
  }
  for (const error of errors) native.reportUncaught(error);
}
