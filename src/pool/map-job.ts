import { onAbort } from '../aborts.js';
import { CallSite } from '../call-site.js';
import { Rehearsal, TIMES } from '../child/rehearsal.js';
import { abortError } from '../errors.js';
import { Agenda } from './agenda.js';
import type { PoolChild } from './child.js';
import { ChildDiedError, type Place, timedOut } from './errors.js';
import type { Exit } from './exit.js';
import { bytesOf, decodeAnswer, decodeError, KIND, type Kind, type Payload } from './frames.js';
import { Futility } from './futility.js';
import type { Host, Job } from './job.js';
import type { Ledger } from './ledger.js';
import type { Failure, Outcome, Sink } from './outcome.js';
import { NO_INDEX, Port } from './port.js';
import { ANSWERS, NO_HOST, withPipe } from './rehearsal.js';
import { Share, type Task } from './share.js';
import { TimeLimit } from './time-limit.js';

/** One call of map or each: as many children as there are slots, which take the items from one counter. */
export class MapJob<T, R> implements Job {
  readonly name: string | undefined;
  readonly site = new CallSite();
  readonly keeps = false;
  readonly #host: Host;
  readonly #task: Task<T, R>;
  readonly #sink: Sink<R>;
  readonly #agenda: Agenda;
  readonly #children = new Set<PoolChild>();
  readonly #timeLimit: TimeLimit;
  readonly #futility = new Futility();
  /** Those that have settled an item, or were told to leave: that they end means nothing. */
  readonly #excused = new WeakSet<PoolChild>();
  /** Of those that fail before their first item, or are ended because they took too long until there. */
  readonly #stranded = new Map<PoolChild, Error>();
  /** Of the AbortSignal. */
  readonly #release: () => void;
  /** Of results. Where they are held back, the children are; where it gave way, they leave their slots to others. */
  #flow: 'on' | 'held' | 'gaveWay' = 'on';
  #slots: number;
  #refused = false;
  #verdict: Failure | undefined;
  #stopping = false;
  #over = false;

  constructor(host: Host, slots: number, task: Task<T, R>, sink: Sink<R>) {
    this.name = task.options.name;
    this.#host = host;
    this.#task = task;
    this.#sink = sink;
    this.#agenda = new Agenda(task.items.length, slots);
    this.#slots = slots;
    this.#timeLimit = new TimeLimit(
      task.options.timeout,
      this.#ledger,
      (child) => host.initialising(child),
      (child, index) => this.#isLate(child, index),
    );
    this.#release = onAbort(task.options.signal, this.#abort);
  }

  get #ledger(): Ledger {
    return this.#agenda.ledger;
  }

  wants(slot: number): boolean {
    // Children that end while nobody takes their results are replaced when somebody does.
    if (this.#stopping || this.#flow !== 'on' || this.#refused) return false;
    return this.#hasWorkFor(slot) && this.#children.size < this.#agenda.positions;
  }

  #hasWorkFor(slot: number): boolean {
    return slot < this.#ledger.slots && !this.#agenda.allTaken;
  }

  rehearse(): void {
    rehearsal.run();
  }

  /** In the child. */
  main(port: Port, slot: number): unknown {
    return new Share(this.#task, this.#agenda, port, slot).doAll();
  }

  spawned(child: PoolChild): void {
    this.#children.add(child);
    this.#timeLimit.watch(child);
  }

  /** Those that have been started go on; when one of them has ended, it is tried again. */
  forkFailed(error: Error): void {
    if (this.#children.size === 0) this.cancel(this.site.continue(error));
    else this.#refused = true;
  }

  frame(child: PoolChild, kind: Kind, index: number, payload: Payload): void {
    if (kind !== KIND.begun && index !== NO_INDEX) this.#excused.add(child);
    if (kind === KIND.begun) {
      const { items, options } = this.#task;
      this.#callback(() => options.onStart?.(items[index] as T, index));
    } else if (kind === KIND.thrown) {
      this.#failed(child, index, this.site.continue(decodeError(payload, placeOf(child, index))));
    } else if (kind >= KIND.nothing) {
      const answer = decodeAnswer(kind, payload);
      if ('error' in answer) this.#settle({ index, error: this.site.sign(answer.error) });
      else
        this.#settle({
          index,
          value: answer.value as R,
          bytes: bytesOf(payload),
        });
    }
  }

  ended(child: PoolChild, exit: Exit): void {
    this.#timeLimit.forget(child);
    this.#children.delete(child);
    const index = this.#ledger.at(child.slot);
    this.#ledger.clear(child.slot);
    const wasAtItem = index >= 0 && !this.#agenda.isSettled(index);
    const stranded = this.#stranded.get(child);
    if (wasAtItem && !this.#stopping) {
      this.#settle({ index, error: this.site.sign(new ChildDiedError(exit, index)) });
    }
    this.#stranded.delete(child);
    this.#refused = false;
    if (wasAtItem || this.#excused.has(child) || !this.#hasWorkFor(child.slot)) this.#futility.refuted();
    else if (this.#futility.childDied()) this.cancel(stranded ?? this.site.sign(new ChildDiedError(exit)));
    if (this.#children.size === 0) this.#allEnded(exit);
    else this.#host.wake();
  }

  /** @param last how the last one ended. */
  #allEnded(last: Exit): void {
    if (this.#stopping || this.#agenda.allSettled) {
      this.#finish();
      return;
    }
    if (this.#agenda.allTaken) {
      if (this.#futility.roundEnded(this.#agenda.settledCount)) {
        this.cancel(this.site.sign(new ChildDiedError(last)));
        return;
      }
      this.#agenda.beginAnew();
    }
    this.#host.wake();
  }

  /** Leaves results in the pipes, and so in the end holds the children back. */
  pause(): void {
    this.#flow = 'held';
    for (const child of this.#children) child.pause();
    this.#host.holdsBack(this);
  }

  get holds(): boolean {
    return this.#flow === 'held' && !this.#stopping;
  }

  /**
   * Or a consumer that waits for another call of the pool would wait for ever. What the children have at hand is taken: they
   * leave behind it.
   */
  giveWay(): void {
    if (!this.holds) return;
    this.#flow = 'gaveWay';
    this.#leaveFrom(0);
    this.#letGo();
  }

  resume(): void {
    const returns = this.#flow === 'gaveWay';
    this.#flow = 'on';
    if (returns) this.shrink(this.#slots);
    this.#host.wake();
    this.#letGo();
  }

  #letGo(): void {
    try {
      for (const child of this.#children) child.resume();
    } catch (error) {
      this.cancel(error);
    }
  }

  cancel(error: unknown): void {
    this.#verdict ??= { error };
    this.stop();
  }

  /** Ends the children, and then the call, with the error that it has or without. */
  stop(): void {
    if (this.#stopping || this.#host.inChild) return; // the ledger is the parent's, too
    this.#stopping = true;
    for (const child of this.#children) this.#host.stop(child);
    this.#ledger.slots = 0; // for those that go on; sooner, others would leave by themselves
    if (this.#children.size === 0) this.#finish();
  }

  shrink(slots: number): void {
    this.#slots = slots;
    if (!this.#stopping && this.#flow !== 'gaveWay') this.#leaveFrom(Math.min(slots, this.#ledger.capacity));
  }

  #leaveFrom(slots: number): void {
    this.#ledger.slots = slots;
    for (const child of this.#children) if (child.slot >= slots) this.#excused.add(child);
  }

  readonly #abort = () => this.cancel(this.site.sign(abortError(this.#task.options.signal as AbortSignal)));

  #settle(outcome: Outcome<R>): void {
    const { index } = outcome;
    if (this.#stopping || this.#agenda.isSettled(index)) return;
    this.#agenda.settle(index);
    this.#futility.refuted();
    this.#host.settled('value' in outcome);
    this.#callback(() => this.#sink.outcome(outcome));
    const { items, options } = this.#task;
    if (options.onProgress) {
      this.#callback(() => options.onProgress?.(this.#agenda.settledCount, items.length));
    }
  }

  #callback(call: () => void): void {
    if (this.#stopping) return;
    try {
      call();
    } catch (error) {
      this.cancel(error);
    }
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#release();
    this.#host.over(this);
    this.#sink.over(this.#verdict);
  }

  #isLate(child: PoolChild, index: number): void {
    const error = timedOut(this.#task.options.timeout, placeOf(child, index));
    this.#failed(child, index, this.site.sign(error));
    this.#host.stop(child);
  }

  /** At an item, or at none: then it may be why the call fails. */
  #failed(child: PoolChild, index: number, error: Error): void {
    if (index === NO_INDEX) this.#stranded.set(child, error);
    else this.#settle({ index, error });
  }
}

function placeOf({ place }: PoolChild, index: number): Place {
  return index === NO_INDEX ? place : { ...place, index };
}

const rehearsal = new Rehearsal(() => {
  const options = {
    signal: undefined,
    timeout: Infinity,
    name: undefined,
    chunk: 1,
    maxTasksPerChild: Infinity,
    onProgress: undefined,
    onStart: undefined,
    onFinish: undefined,
    ordered: false,
  };
  const task = { items: ANSWERS, work: (item: unknown) => item, options };
  withPipe((writeFd) => new MapJob(NO_HOST, 1, task, { outcome() {}, over() {} }).main(new Port(writeFd), 0));
}, TIMES);
