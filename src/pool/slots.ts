import { fork } from '../child/fork.js';
import { codedError, ECHILD, isErrno, systemError } from '../errors.js';
import { native } from '../native.js';
import { watchChildren } from '../posix/child-watch.js';
import { isUnreaped } from '../posix/children.js';
import { kill } from '../posix/process.js';
import { decodeStatus } from '../posix/status.js';
import { untilFound } from '../posix/until-found.js';
import { WNOHANG, waitpid } from '../posix/wait.js';
import { FOR_CHILD, nextTable, recorder, SLOT, WAIT, WAITED } from '../trace/recorder.js';
import { callable, integer, type Signal, signalAlone, signalNumber } from '../validate.js';
import { type Exit, lostExit } from './exit.js';

/**
 * The table of the classic program: fork while a slot is free, poll with WNOHANG, refill. It waits for its own children
 * only, each by its pid.
 *
 * ```ts
 * const slots = new Slots(8);
 * while (work.length > 0 || slots.pids.length > 0) {
 *   while (slots.free > 0 && work.length > 0) {
 *     const item = work.pop(); // here: the child has a list of its own
 *     slots.start(() => { crunch(item); });
 *   }
 *   for (const { pid, exitCode } of slots.poll()) console.log(pid, 'ended with', exitCode);
 *   await setTimeout(1);
 * }
 * ```
 */
export class Slots {
  /** The pid in each slot, 0 where it is free. */
  readonly #table: number[];
  readonly #owner = native.getpid();
  /** Where waitOne looks first: after the one that it found last, or quick children in low slots would keep it there. */
  #turn = 0;
  /** Tells several apart in a trace. */
  readonly #number = nextTable();

  /**
   * Forks nothing yet.
   *
   * @param n how many children may run at a time, 1 to 4,194,304.
   * @throws ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE: `n`.
   */
  constructor(n: number) {
    this.#table = new Array(integer('n', n, 1, 2 ** 22)).fill(0);
  }

  /** How many slots are free. */
  get free(): number {
    return this.#table.length - this.pids.length;
  }

  /** The pids of the children that were started and not yet reaped, by slot. Free slots are left out. */
  get pids(): number[] {
    return this.#table.filter((pid) => pid > 0);
  }

  /**
   * Forks a child into a free slot; it runs `child` and ends, as with fork(body).
   *
   * @param child what it returns is the exit code; nothing means 0.
   * @returns its pid, in the parent; in the child it does not return.
   * @throws ERR_SLOTS_FULL: no slot is free. ERR_SLOTS_IN_CHILD: these slots are the parent's. ERR_INVALID_ARG_TYPE: `child`.
   *   What fork() throws.
   */
  start(child: () => number | void): number {
    callable('child', child);
    this.#refuseInChild();
    const slot = this.#table.indexOf(0);
    if (slot === -1) {
      throw codedError(
        new Error(`All ${this.#table.length} slots are taken: poll(), waitOne() or waitAll() first`),
        'ERR_SLOTS_FULL',
      );
    }
    const pid = fork(child);
    this.#table[slot] = pid;
    recorder?.note(SLOT, slot, pid, this.#number);
    return pid;
  }

  /**
   * Reaps the children that have ended by now, and frees their slots. It never waits. See waitpid(2), WNOHANG.
   *
   * @returns one for each that has ended, by slot; mostly an empty list.
   * @throws ERR_SLOTS_IN_CHILD: these slots are the parent's.
   */
  poll(): Exit[] {
    this.#refuseInChild();
    const exits: Exit[] = [];
    for (let slot = 0; slot < this.#table.length; slot++) {
      const exit = this.#reap(slot);
      if (exit) exits.push(exit);
    }
    return exits;
  }

  /**
   * Waits until one child has ended, and frees its slot. It takes the whole thread. See waitpid(2).
   *
   * @returns how it ended; of several that have ended, one.
   * @throws ECHILD: all slots are free. ERR_SLOTS_IN_CHILD: these slots are the parent's.
   */
  waitOne(): Exit {
    for (;;) {
      const exit = this.#reapOne();
      if (exit) return exit;
      recorder?.note(WAIT, FOR_CHILD, -1);
      native.waitUntilAnyEnds(this.pids, -1);
      recorder?.note(WAITED);
    }
  }

  /**
   * waitOne() as a promise: the kernel wakes the event loop, which stays alive until then. One that is pending when this process
   * forks is the parent's alone. See waitpid(2).
   *
   * @param options.signal stops waiting, and reaps nobody.
   * @returns how it ended; of several that have ended, one. Rejects with ECHILD: all slots are free; ERR_SLOTS_IN_CHILD; an
   *   AbortError (ABORT_ERR).
   * @throws ERR_INVALID_ARG_TYPE: `options`; at once, not as a rejection.
   */
  waitOneAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<Exit> {
    return untilFound(
      () => this.#reapOne(),
      (look) => watchChildren((child) => this.#table.includes(child), true, look),
      signalAlone(options),
    );
  }

  /**
   * Waits until all children have ended. It takes the whole thread.
   *
   * @returns one for each, in the order of their ends; an empty list if all slots are free.
   * @throws ERR_SLOTS_IN_CHILD: these slots are the parent's.
   */
  waitAll(): Exit[] {
    const exits: Exit[] = [];
    while (this.pids.length > 0) exits.push(this.waitOne());
    return exits;
  }

  /**
   * waitAll() as a promise; it also waits for children that are started meanwhile.
   *
   * @param options.signal stops waiting.
   * @returns one for each, in the order of their ends. Rejects as waitOneAsync does; the error's `exits` are those of the
   *   children that it has reaped by then.
   * @throws ERR_INVALID_ARG_TYPE: `options`; at once, not as a rejection.
   */
  waitAllAsync(options: { signal?: AbortSignal | undefined } = {}): Promise<Exit[]> {
    signalAlone(options);
    return this.#waitAll(options);
  }

  async #waitAll(options: { signal?: AbortSignal | undefined }): Promise<Exit[]> {
    const exits: Exit[] = [];
    try {
      while (this.pids.length > 0) exits.push(await this.waitOneAsync(options));
    } catch (error) {
      throw Object.assign(error as Error, { exits });
    }
    return exits;
  }

  /**
   * Sends a signal to all children. They still have to be reaped: poll() or waitAll(). See kill(2).
   *
   * @param signal a name or a number. Default 'SIGTERM'.
   * @throws ERR_SLOTS_IN_CHILD: these slots are the parent's. ERR_UNKNOWN_SIGNAL, ERR_OUT_OF_RANGE, ERR_INVALID_ARG_TYPE: no
   *   signal. EPERM: a child has another user's rights.
   */
  stop(signal: Signal = 'SIGTERM'): void {
    signalNumber('signal', signal);
    this.#refuseInChild();
    for (const pid of this.pids) {
      // A child that has ended and was not reaped takes the signal without effect. If somebody else reaped it, the
      // next poll() says so.
      if (isUnreaped(pid)) kill(pid, signal);
    }
  }

  /** The first that has ended, from where the last one was found. */
  #reapOne(): Exit | undefined {
    this.#refuseInChild();
    if (this.pids.length === 0) throw systemError('waitpid', -ECHILD);
    const { length } = this.#table;
    for (let i = 0; i < length; i++) {
      const slot = (this.#turn + i) % length;
      const exit = this.#reap(slot);
      if (!exit) continue;
      this.#turn = (slot + 1) % length;
      return exit;
    }
    return undefined;
  }

  #reap(slot: number): Exit | undefined {
    const pid = this.#table[slot] as number;
    if (pid === 0) return undefined;
    const exit = native.isForked(pid) ? reap(pid, slot) : lostExit(pid, slot);
    if (exit) this.#table[slot] = 0;
    return exit;
  }

  #refuseInChild(): void {
    if (native.getpid() === this.#owner) return;
    throw codedError(
      new Error('These slots belong to the process that made them, and this is a child of it: make new ones'),
      'ERR_SLOTS_IN_CHILD',
    );
  }
}

/** How it has ended; undefined while it runs. */
function reap(pid: number, slot: number): Exit | undefined {
  try {
    const [reaped, status] = waitpid(pid, WNOHANG);
    return reaped === 0 ? undefined : { pid, slot, status, ...decodeStatus(status) };
  } catch (error) {
    if (!isErrno(error, ECHILD)) throw error;
    return lostExit(pid, slot);
  }
}
