// In the parent, before its first pool child: V8 compiles a function when it is first called, and every child would do
// that anew; it took longer than what the functions do. They run here on things that nobody else has, or are refused.

import { AsyncResource } from 'node:async_hooks';
import { rehearseLeaving } from '../child/leave.js';
import { systemError } from '../errors.js';
import { native } from '../native.js';
import { rehearseParentDeath } from './parent-death.js';
import { Port } from './port.js';
import { RunJob } from './run-job.js';
import { rehearseWork } from './worker.js';

/** V8 learns from several calls where the properties of objects lie. */
const TIMES = 8;
let rehearsed = false;

export function rehearsePoolChild(): void {
  if (rehearsed) return;
  rehearsed = true;
  const ends = native.pipe();
  if (typeof ends === 'number') throw systemError('pipe', ends);
  const [readFd, writeFd] = ends;
  try {
    for (let i = 0; i < TIMES; i++) for (const answer of [undefined, i, 'text']) rehearse(writeFd, answer);
  } finally {
    native.close(readFd);
    native.close(writeFd);
  }
}

function rehearse(fd: number, answer: unknown): void {
  const context = new AsyncResource('just-fork:pool');
  const options = { signal: undefined, timeout: Infinity, name: undefined };
  const host = {
    inChild: false,
    stop() {},
    initialising: () => false,
    wake() {},
    holdsBack() {},
    over() {},
    settled() {},
  };
  rehearseWork(
    { slot: 0, unblock: [], init: undefined, job: new RunJob(host, () => answer, options), context },
    new Port(fd),
  );
  context.emitDestroy();
  rehearseLeaving();
  rehearseParentDeath();
}
