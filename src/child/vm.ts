// What node:vm adds to a process: contexts, each with a Math.random of its own, and calls with a time-out. Both go
// through one method, under all of vm's functions: runInContext() of the native class below vm.Script.

import { Script } from 'node:vm';

interface Native {
  runInContext(context: object | null, timeout: number, ...rest: unknown[]): unknown;
}

/** One for the process, though a test runner may load this package anew for each file. */
interface Watch {
  /** The calls with a time-out that are on the stack. */
  timed: number;
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

function install(random: () => number): Watch {
  const watch: Watch = { timed: 0, random };
  const original = prototype.runInContext;
  const seen = new WeakSet<object>();
  const run = (script: Script, context: object) =>
    original.call(script as unknown as Native, context, -1, true, false, false);
  const findMath = new Script('Math');
  // Made inside, so that a function of the context does not lead out of it.
  const makeRandom = new Script('(draw) => function random() { return draw(); }');
  const draw = () => watch.random();

  function renewRandom(context: object): void {
    seen.add(context);
    try {
      const math = run(findMath, context) as Math;
      if (math === Math || seen.has(math)) return; // the program has put another's there
      seen.add(math);
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

  const runInContext: Watched = function (this: Native, context, timeout, ...rest) {
    if (context && !seen.has(context)) renewRandom(context);
    if (!(timeout > 0)) return original.call(this, context, timeout, ...rest);
    watch.timed++;
    try {
      return original.call(this, context, timeout, ...rest);
    } finally {
      watch.timed--;
    }
  };
  runInContext[WATCH] = watch;
  prototype.runInContext = runInContext;
  return watch;
}
