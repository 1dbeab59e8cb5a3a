// How a call of map and its kin begins: map at once, each with its first next(), in children or, with 0 slots, here.

import { outOfRange } from '../errors.js';
import { callable } from '../validate.js';
import type { Admission } from './admission.js';
import type { Inline } from './inline.js';
import { type Items, materialise } from './items.js';
import { MapJob } from './map-job.js';
import {
  type CheckedMapOptions,
  type CheckedPoolOptions,
  checkedMapOptions,
  MAX_ITEMS,
  type MapOptions,
} from './options.js';
import type { Outcome, Sink } from './outcome.js';
import type { Scheduler } from './scheduler.js';
import { Both, Ordered, Told } from './sinks.js';
import { type Flow, Stream } from './stream.js';

/** A function of map and each: called in a child, with one item. */
export type Mapper<T, R> = (item: T, index: number) => R | Promise<R>;

export interface MapCall<T, R> {
  items: Items<T>;
  work: Mapper<T, R>;
  options: CheckedMapOptions<T, R>;
}

export class MapCalls {
  readonly #scheduler: Scheduler;
  readonly #inline: Inline;
  readonly #admission: Admission;
  readonly #defaults: CheckedPoolOptions;

  constructor(scheduler: Scheduler, inline: Inline, admission: Admission, defaults: CheckedPoolOptions) {
    this.#scheduler = scheduler;
    this.#inline = inline;
    this.#admission = admission;
    this.#defaults = defaults;
  }

  check<T, R>(
    items: readonly T[] | Iterable<T>,
    work: Mapper<T, R>,
    options: MapOptions<T, R>,
  ): MapCall<T, R> {
    callable('work', work);
    const checked = checkedMapOptions<T, R>(options, this.#defaults);
    const materialised = materialise(items);
    const { length } = materialised.list;
    if (length > MAX_ITEMS) throw outOfRange('items.length', `<= ${MAX_ITEMS}`, length);
    return { items: materialised, work, options: checked };
  }

  /** For calls that want all or nothing: an input that breaks off is nothing. */
  collect<T, R>(call: MapCall<T, R>, sink: Sink<R>): void {
    const { failure } = call.items;
    const told = tell(call);
    if (failure) sink.over(failure);
    else this.#begin(call, told ? new Both(inOrder(call, told), sink) : sink); // an error waits for no other item
  }

  stream<T, R, V>(call: MapCall<T, R>, convert: (outcome: Outcome<R>) => V): AsyncIterableIterator<V> {
    let job: Flow | undefined;
    const stream: Stream<R, V> = new Stream<R, V>(
      {
        start: () => {
          const { failure } = call.items;
          const over: Sink<R> = {
            outcome: (outcome) => stream.outcome(outcome),
            over: (error) => stream.over(error ?? failure),
          };
          const told = tell(call);
          job = this.#begin(call, inOrder(call, told ? new Both(told, over) : over));
        },
        pause: () => job?.pause(),
        resume: () => job?.resume(),
        stop: () => job?.stop(),
        isParents: () => this.#scheduler.inChild || this.#inline.isCaller,
      },
      convert,
    );
    return stream;
  }

  #begin<T, R>({ items: { list }, work, options }: MapCall<T, R>, sink: Sink<R>): Flow | undefined {
    const refusal = this.#admission.refusal(options.signal);
    if (refusal) {
      sink.over({ error: refusal });
      return undefined;
    }
    if (list.length === 0) {
      sink.over(undefined);
      return undefined;
    }
    const task = { items: list, work, options };
    if (this.#scheduler.slots === 0) return this.#inline.map(task, sink);
    try {
      const job = new MapJob(this.#scheduler, this.#scheduler.slots, task, sink);
      this.#scheduler.add(job);
      return job;
    } catch (error) {
      sink.over({ error }); // no memory to share
      return undefined;
    }
  }
}

/** Tells onFinish, if there is one. */
function tell<T, R>({ items: { list }, options: { onFinish } }: MapCall<T, R>): Sink<R> | undefined {
  return onFinish && new Told((index, value: R) => onFinish(list[index] as T, index, value));
}

/** If that is asked for. */
function inOrder<T, R>({ options }: MapCall<T, R>, sink: Sink<R>): Sink<R> {
  return options.ordered ? new Ordered(sink) : sink;
}
