// One child of a pool, as the parent has it: its pid, the pipe of its answers, and its end.

import { type CheckedForkOptions, forkChecked } from '../child/fork.js';
import { findWhatToLeave } from '../child/leave.js';
import { startTimer, stopTimer } from '../child/timers.js';
import { check, ECHILD, systemError } from '../errors.js';
import { native } from '../native.js';
import { watchBySignal } from '../posix/child-watch.js';
import { isUnreaped } from '../posix/children.js';
import { sendSignal } from '../posix/process.js';
import { decodeStatus } from '../posix/status.js';
import { noteReaped, WNOHANG } from '../posix/wait.js';
import { now } from '../timers.js';
import type { Place } from './errors.js';
import { type Exit, lostExit } from './exit.js';
import { FrameReader, isReadError, type TakeFrame } from './frame-reader.js';
import type { Job } from './job.js';
import { prepareParentDeath } from './parent-death.js';
import { rehearsePoolChild } from './rehearsal.js';
import { closePipe, guardPipe, leave, type Watched, watch } from './watched.js';
import { prepareWork, type Work, workIfChild } from './worker.js';

/** How a pool child is made, and what hears of it. */
export interface Launch {
  work: Work & { job: Pick<Job, 'rehearse'> };
  fork: CheckedForkOptions;
  frame: TakeFrame;
  /** Once all its frames were taken, and it was reaped; it calls nothing after that. */
  ended(exit: Exit): void;
}

/** Reads at a time, of 64 KiB or of one large answer, before the loop has its turn. */
const READS = 16;

export class PoolChild implements Watched {
  readonly pid: number;
  readonly slot: number;
  /** What performance.now() was. */
  readonly startedAt = now();
  readonly #owner = native.getpid();
  readonly #fd: number;
  readonly #reader: FrameReader;
  readonly #ended: (exit: Exit) => void;
  /** Of its watch. */
  readonly #number: number;
  /** Where the kernel has no descriptor that tells of its end. */
  readonly #stopSignalWatch: (() => void) | undefined;
  #paused = false;
  /** Nothing more comes out of the pipe, or nothing that can be read. */
  #dry = false;
  #reaped = false;
  #escalation: NodeJS.Timeout | undefined;

  /** In the child it does not return a child of a pool, but undefined, to a caller that must return to the loop at once. */
  static launch(launch: Launch): PoolChild | undefined {
    prepareParentDeath();
    prepareWork();
    rehearsePoolChild();
    launch.work.job.rehearse();
    const parent = native.getpid();
    const ends = native.ownPipe();
    if (typeof ends === 'number') throw systemError('pipe', ends);
    const [readFd, writeFd] = ends;
    guardPipe(readFd);
    let pid = -1;
    try {
      check('fcntl', native.setBlocking(readFd, 0));
      pid = forkChecked(launch.fork, false, findWhatToLeave);
    } finally {
      if (pid !== 0) native.close(writeFd);
      if (pid < 0) closePipe(readFd);
    }
    workIfChild(pid, launch.work, writeFd, parent);
    return pid > 0 ? PoolChild.#watched(pid, readFd, launch) : undefined;
  }

  /** One that cannot be watched, for want of memory or of watches, is not left to itself. */
  static #watched(pid: number, fd: number, launch: Launch): PoolChild {
    try {
      return new PoolChild(pid, fd, launch);
    } catch (error) {
      sendSignal(pid, SIGKILL);
      noteReaped(...native.waitpid(pid, 0));
      closePipe(fd);
      throw error;
    }
  }

  private constructor(pid: number, fd: number, { work: { slot }, frame, ended }: Launch) {
    this.pid = pid;
    this.slot = slot;
    this.#fd = fd;
    this.#reader = new FrameReader(frame);
    this.#ended = ended;
    const number = watch(this, pid, fd);
    if (number >= 0) this.#number = number;
    else {
      this.#number = check('watch', watch(this, 0, fd), { fd });
      this.#stopSignalWatch = watchBySignal(() => this.mayHaveEnded());
    }
  }

  mayHaveEnded(): void {
    const { pid, slot } = this;
    const [reaped, status] = native.isForked(pid) ? native.waitpid(pid, WNOHANG) : [-ECHILD, 0];
    if (reaped === 0) return;
    this.#stopSignalWatch?.();
    if (reaped > 0) noteReaped(pid, status);
    else if (reaped !== -ECHILD) {
      leave(this.#number); // it would be told for ever
      throw systemError('waitpid', reaped, { pid });
    }
    this.#end(reaped > 0 ? { pid, slot, status, ...decodeStatus(status) } : lostExit(pid, slot));
  }

  /** Where an error of it came about. */
  get place(): Place {
    return { pid: this.pid, slot: this.slot };
  }

  get reaped(): boolean {
    return this.#reaped;
  }

  /** Bytes that are yet to come of an answer that it has begun to send. */
  get missing(): number {
    return this.#reader.missing;
  }

  /** Sends a signal, unless it has been reaped, by whomever: then its pid may be another process's. */
  kill(signal: number): void {
    if (this.#reaped || native.getpid() !== this.#owner || !isUnreaped(this.pid)) return;
    sendSignal(this.pid, signal);
  }

  /** Sends `signal`, and SIGKILL if it still runs after `milliseconds`. */
  stop(signal: number, milliseconds: number): void {
    if (this.#reaped) return;
    this.kill(signal);
    if (milliseconds < Infinity) this.#escalation ??= startTimer(() => this.kill(SIGKILL), milliseconds);
  }

  /** Leaves what it sends in the pipe; when that is full, the child waits. */
  pause(): void {
    if (native.getpid() !== this.#owner) return;
    this.#paused = true;
    if (!this.#reaped) native.readPoolChild(this.#number, false);
  }

  resume(): void {
    if (!this.#paused || native.getpid() !== this.#owner) return;
    this.#paused = false;
    if (!this.#reaped && !this.#dry) native.readPoolChild(this.#number, true);
  }

  /** Takes what lies in the pipe now. */
  look(): void {
    for (let i = 0; i < READS && !this.#paused && !this.#reaped && !this.#dry; i++) {
      if (!this.#read()) break;
    }
  }

  /** Reads once; false if there is nothing, or nothing more. */
  #read(): boolean {
    try {
      const found = this.#reader.read(this.#fd);
      // An end while the child runs: it has closed its pipe, or runs another program. Its own end will tell.
      if (found === 'end') this.#dryUp();
      return found === 'some';
    } catch (error) {
      if (!isReadError(error)) throw error;
      process.emitWarning(error);
      this.#dryUp();
      this.kill(SIGKILL); // whatever it still sends, nobody could read it
      return false;
    }
  }

  #dryUp(): void {
    this.#dry = true;
    native.readPoolChild(this.#number, false);
  }

  #end(exit: Exit): void {
    // The child is gone, so all that it has written is there; somebody who has its pipe still is not waited for.
    try {
      while (!this.#dry && this.#read()) {}
    } finally {
      this.#reaped = true;
      stopTimer(this.#escalation);
      leave(this.#number);
      this.#ended(exit);
    }
  }
}

const SIGKILL = 9;
