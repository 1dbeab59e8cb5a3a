import { onAbort } from '../aborts.js';
import type { CallSite } from '../call-site.js';
import { startTimer, stopTimer } from '../child/timers.js';
import { abortError } from '../errors.js';
import { isPromise } from '../validate.js';
import type { PoolChild } from './child.js';
import { ChildDiedError, timedOut } from './errors.js';
import type { Exit } from './exit.js';
import { decodeAnswer, decodeError, KIND, type Kind, type Payload } from './frames.js';
import type { Host, Job } from './job.js';
import type { CheckedRunOptions } from './options.js';
import type { Failure } from './outcome.js';
import { NO_INDEX, type Port } from './port.js';
import { returned, settle } from './worker.js';

/** One call of run(): a child of its own, for one function. */
export class RunJob<R> implements Job {
  readonly site: CallSite;
  readonly promise: Promise<R>;
  readonly #host: Host;
  readonly #work: () => R | Promise<R>;
  readonly #options: CheckedRunOptions;
  /** undefined: it waits for one. */
  #child: PoolChild | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Of the AbortSignal. */
  #release: (() => void) | undefined;
  /** What comes of it, whatever the child answers. */
  #verdict: Failure | undefined;
  #answer: { value: R } | Failure | undefined;
  #over = false;
  #resolve!: (value: R) => void;
  #reject!: (error: unknown) => void;

  constructor(host: Host, work: () => R | Promise<R>, options: CheckedRunOptions, site: CallSite) {
    this.site = site;
    this.#host = host;
    this.#work = work;
    this.#options = options;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (options.signal) this.#listen(options.signal);
  }

  get name(): string | undefined {
    return this.#options.name;
  }

  get holds(): boolean {
    return false;
  }

  get keeps(): boolean {
    return false;
  }

  #listen(signal: AbortSignal): void {
    this.#release = onAbort(signal, () => this.#giveUp(abortError(signal)));
  }

  wants(): boolean {
    return this.#child === undefined && !this.#over;
  }

  rehearse(): void {}

  main(port: Port): unknown {
    const work = this.#work; // not as a method
    const value = work();
    if (isPromise(value)) return settle(value).then((settled) => answer(port, settled));
    return answer(port, value);
  }

  spawned(child: PoolChild): void {
    this.#child = child;
    if (this.#options.timeout < Infinity) this.#limit(child, Infinity);
  }

  /** @param missing how much of its answer was yet to come when we last looked. */
  #limit(child: PoolChild, missing: number): void {
    const { timeout } = this.#options;
    this.#timer = startTimer(() => {
      child.look();
      // A child that waits for us to read does not take its time.
      if (child.missing > 0 && child.missing < missing) this.#limit(child, child.missing);
      else this.#giveUp(timedOut(timeout, child.place));
    }, timeout);
  }

  forkFailed(error: Error): void {
    this.#settle({ error: this.site.continue(error) });
  }

  frame(child: PoolChild, kind: Kind, _index: number, payload: Payload): void {
    if (kind === KIND.thrown) {
      this.#answer = { error: this.site.continue(decodeError(payload, child.place)) };
    } else if (kind >= KIND.nothing) this.#answer ??= this.#read(kind, payload);
  }

  #read(kind: Kind, payload: Payload): { value: R } | Failure {
    const answer = decodeAnswer(kind, payload);
    return 'error' in answer ? { error: this.site.sign(answer.error) } : (answer as { value: R });
  }

  ended(_child: PoolChild, exit: Exit): void {
    this.#settle(this.#verdict ?? this.#answer ?? { error: this.site.sign(new ChildDiedError(exit)) });
  }

  cancel(error: unknown): void {
    if (this.#over) return;
    this.#verdict ??= { error };
    if (this.#child === undefined) this.#settle(this.#verdict);
    else this.#host.stop(this.#child);
  }

  shrink(): void {}
  giveWay(): void {}

  /**
   * An answer that has come counts; if our loop was busy, it lies in the pipe. Its child is about to end, or waits for somebody
   * to take what it has printed.
   */
  #giveUp(error: Error): void {
    this.#child?.look();
    if (this.#child === undefined || this.#answer === undefined) this.cancel(this.site.sign(error));
    else this.#host.stop(this.#child);
  }

  #settle(answer: { value: R } | Failure): void {
    this.#over = true;
    stopTimer(this.#timer);
    this.#release?.();
    this.#host.settled('value' in answer);
    this.#host.over(this);
    if ('error' in answer) this.#reject(answer.error);
    else this.#resolve(answer.value);
  }
}

function answer(port: Port, value: unknown): void {
  returned(port);
  port.answer(NO_INDEX, value);
}
