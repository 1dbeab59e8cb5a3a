// What node:vm adds to a process: contexts, each with a Math.random of its own, and calls with a time-out, or with
// breakOnSigint. All go through one method, under all of vm's functions for scripts: runInContext() of the native class below
// vm.Script. But for modules, which have evaluate(), and functions: those come into contexts that createContext() has made.

import { constants } from 'node:os';
import vm from 'node:vm';
import { native } from '../native.js';
import { onNewContext } from './contexts.js';
import { repairInChildren } from './repair.js';

const { Script } = vm;

interface Native {
  runInContext(
    context: object | null,
    timeout: number,
    displayErrors: boolean,
    breakOnSigint: boolean,
    ...rest: unknown[]
  ): unknown;
}

/** Of vm.Module, which is there under --experimental-vm-modules. */
interface Evaluated {
  evaluate(options?: { timeout?: number; breakOnSigint?: boolean }): unknown;
}

/** One for the process, though a test runner may load this package anew for each file. */
interface Watch {
  /** The calls with a time-out that are on the stack. */
  timed: number;
  /** Whether SIGINT ends such a call in this process: a thread waits for it. */
  interruptible: boolean;
  random(): number;
}

const WATCH = Symbol.for('just-fork: watch of node:vm');
type Watched = Native['runInContext'] & { [WATCH]?: Watch };

const prototype = Object.getPrototypeOf(Script.prototype) as Native;
let watch: Watch | undefined;

/** At load: from now on the contexts that a program runs code in draw from `random`. */
export function watchVm(random: () => number): void {
  watch = (prototype.runInContext as Watched)[WATCH];
  if (watch === undefined) watch = install(random);
  else watch.random = random;
}

/**
 * Whether vm's `timeout` is at work below the caller. It takes a thread with an event loop that both processes would
 * share, and that the child would wait for when the call returns.
 */
export function isTimed(): boolean {
  return watch !== undefined && watch.timed > 0;
}

/**
 * Whether vm's `breakOnSigint` is at work below the caller, as in the REPL. When the call returns, Node joins a thread; in a
 * child that is the parent's, and its memory may be another thread's by then. So the child must not return there.
 */
export function isInterruptible(): boolean {
  return watch?.interruptible === true;
}

/** In the parent, before it forks. */
export function prepareSigint(): void {
  if (isInterruptible()) repairInChildren(restoreSigint);
}

/** In the child of such a call, where SIGINT would wake a thread that is not there: it ends the child, as any program. */
function restoreSigint(inChild: boolean): void {
  if (!inChild || !watch?.interruptible) return;
  watch.interruptible = false;
  native.setDisposition(constants.signals.SIGINT, 0);
}

const sourceOf = Function.prototype.toString;
const V8S = 'function random() { [native code] }';

function install(random: () => number): Watch {
  const watch: Watch = { timed: 0, interruptible: false, random };
  const original = prototype.runInContext;
  const seen = new WeakSet<object>();
  const run = (script: vm.Script, context: object) =>
    original.call(script as unknown as Native, context, -1, true, false, false);
  const findMath = new Script('Math');
  // Made inside, so that a function of the context does not lead out of it.
  const makeRandom = new Script('(draw) => function random() { return draw(); }');
  const draw = () => watch.random();

  function renewRandom(context: object): void {
    seen.add(context);
    try {
      const math = run(findMath, context) as Math;
      if (sourceOf.call(math.random) !== V8S) return; // the program has put another's there, or its own
      const value = (run(makeRandom, context) as (draw: () => number) => () => number)(draw);
      Reflect.defineProperty(math, 'random', {
        value,
        writable: true,
        enumerable: false,
        configurable: true,
      });
    } catch {
      // A context without Math draws no numbers.
    }
  }

  const runInContext: Watched = function (
    this: Native,
    context,
    timeout,
    displayErrors,
    breakOnSigint,
    ...rest
  ) {
    if (context && !seen.has(context)) renewRandom(context);
    return watched(watch, timeout, breakOnSigint, () =>
      original.call(this, context, timeout, displayErrors, breakOnSigint, ...rest),
    );
  };
  runInContext[WATCH] = watch;
  prototype.runInContext = runInContext;
  onNewContext((context) => {
    if (!seen.has(context)) renewRandom(context);
  });
  installForModules(watch);
  return watch;
}

/** The module's code runs before evaluate() returns its promise; what it awaits comes after the threads are gone. */
function installForModules(watch: Watch): void {
  const { Module } = vm as { Module?: { prototype: Evaluated } };
  if (Module === undefined) return;
  const { evaluate } = Module.prototype;
  Object.defineProperty(Module.prototype, 'evaluate', {
    value(this: Evaluated, options?: { timeout?: number; breakOnSigint?: boolean }): unknown {
      const { timeout = -1, breakOnSigint = false } = options ?? {};
      return watched(watch, timeout, breakOnSigint, () => evaluate.call(this, options));
    },
    writable: true,
    enumerable: false,
    configurable: true,
  });
}

function watched<T>(watch: Watch, timeout: number, breakOnSigint: boolean, call: () => T): T {
  const timed = timeout > 0;
  if (!timed && !breakOnSigint) return call();
  const { interruptible } = watch;
  if (timed) watch.timed++;
  if (breakOnSigint) watch.interruptible = true;
  try {
    return call();
  } finally {
    if (timed) watch.timed--;
    if (breakOnSigint) watch.interruptible = interruptible;
  }
}
