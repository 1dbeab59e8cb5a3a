// The programs that child_process runs at a fork are the parent's: their ends are seen there, and so is what they write.

import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { ESRCH } from '../errors.js';
import { native } from '../native.js';
import { nextTick } from '../timers.js';
import { silenceChannel } from './channel.js';
import { rehearseAnew, repairInChildren } from './repair.js';

/** Those that run, until all their pipes are closed. */
const running = new Set<ChildProcess>();

subscribe('child_process', (message) => {
  const program = (message as { process: ChildProcess }).process;
  remember(program);
  // One that could not be started throws, and never closes.
  nextTick(() => {
    if (program.pid === undefined) running.delete(program);
  });
});

// Those older than this module; of them, one that was unref'ed is not told of.
const { _getActiveHandles } = process as { _getActiveHandles?: () => object[] };
for (const handle of _getActiveHandles?.() ?? []) {
  if (handle.constructor?.name === 'ChildProcess') remember(handle as ChildProcess);
}

function remember(program: ChildProcess): void {
  repairInChildren(forgetPrograms);
  rehearseAnew();
  running.add(program);
  program.once('close', () => running.delete(program));
}

interface ProcessHandle {
  onexit?(): void;
  kill?(signal: number): number;
}

interface PipeHandle {
  fd?: number;
  readStop?(): void;
  unref?(): void;
}

/**
 * In the child: their pipes and channels are let go. Two processes that read one pipe take the data from each other, what is
 * still to be written would be written twice, a program whose stdin is held by two never sees its end, and an open pipe would
 * keep the child alive.
 */
function forgetPrograms(inChild: boolean): void {
  for (const program of running) {
    if (inChild || !program.channel) silenceChannel(program);
    leaveToParent(program, inChild);
  }
  if (inChild && running.size > 0) running.clear();
}

/** @param really false for a rehearsal in the parent, which only looks. */
function leaveToParent(program: ChildProcess, really: boolean): void {
  const { _handle: process } = program as { _handle?: ProcessHandle | null };
  if (process && really) {
    // One SIGCHLD can tell of several ends, and a listener for the first may be who forks.
    process.onexit = () => {};
    // Those who clean up at the end of a process, or time a program out, would do it in both.
    process.kill = () => -ESRCH;
  }
  for (const stream of program.stdio ?? []) {
    const handle = (stream as { _handle?: PipeHandle } | null)?._handle;
    if (!handle) continue;
    const { fd, readStop, unref } = handle;
    if (!really) continue;
    readStop?.call(handle);
    unref?.call(handle);
    if (fd !== undefined && fd >= 0) native.leaveStream(fd);
  }
}
