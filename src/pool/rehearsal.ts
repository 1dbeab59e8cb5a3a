// What a pool's children call, called in their parent before it forks, on things that nobody else has; see child/rehearsal.ts.

import { AsyncResource } from 'node:async_hooks';
import { CallSite } from '../call-site.js';
import { rehearseLeaving } from '../child/leave.js';
import { Rehearsal, TIMES } from '../child/rehearsal.js';
import { systemError } from '../errors.js';
import { native } from '../native.js';
import { rehearseParentDeath } from './parent-death.js';
import { RunJob } from './run-job.js';
import { workIfChild } from './worker.js';

/** Of each kind one. */
export const ANSWERS: readonly unknown[] = [undefined, 1, 'text'];

/** Any child: it answers through a pipe, and ends. */
const anyChild = new Rehearsal(() => {
  withPipe((writeFd) => {
    for (const answer of ANSWERS) rehearseAnswer(writeFd, answer);
  });
  rehearseParentDeath();
}, TIMES);

export function rehearsePoolChild(): void {
  rehearseLeaving();
  anyChild.run();
}

function rehearseAnswer(writeFd: number, answer: unknown): void {
  const context = new AsyncResource('just-fork:pool');
  const options = { signal: undefined, timeout: Infinity, name: undefined };
  const job = new RunJob(NO_HOST, () => answer, options, new CallSite(rehearseAnswer));
  workIfChild(0, { slot: 0, init: undefined, unblock: [], job, context }, writeFd, -1);
  context.emitDestroy();
}

export const NO_HOST = {
  inChild: false,
  stop() {},
  initialising: () => false,
  wake() {},
  holdsBack() {},
  over() {},
  settled() {},
};

/** A pipe that nobody reads from. */
export function withPipe(use: (writeFd: number) => void): void {
  const ends = native.ownPipe();
  if (typeof ends === 'number') throw systemError('pipe', ends);
  const [readFd, writeFd] = ends;
  try {
    use(writeFd);
  } finally {
    native.close(readFd);
    native.close(writeFd);
  }
}
