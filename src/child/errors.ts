// Why fork() refuses, in words.

import { codedError, codeOf } from '../errors.js';

export function inWorker(): Error {
  return codedError(
    new Error(
      'fork() works on the main thread only, and this is a Worker: the child would lack the main thread',
    ),
    'ERR_FORK_IN_WORKER',
  );
}

export function unsupported(missing: string[]): Error {
  const why = missing.some((one) => one.includes('another copy of just-fork'))
    ? 'fork() works through one copy of just-fork in a process, and most likely another copy of just-fork was loaded ' +
      'before this one. `npm ls just-fork` lists them; `npm dedupe`, or "overrides" in package.json, makes them one'
    : `fork() would give a broken child in this runtime (Node ${process.versions.node}): missing ${missing.join('; ')}`;
  return codedError(new Error(why), 'ERR_FORK_UNSUPPORTED');
}

export function busy(timeout: number): Error {
  return codedError(
    new Error(
      `fork() waited ${timeout} ms for work in the thread pool (fs, crypto, dns, zlib) or in V8's background threads to end, ` +
        'or for a Worker to come to a stop (one may be in a long call), and it has not. Nothing was forked; try again when that ' +
        'is done',
    ),
    'ERR_FORK_BUSY',
  );
}

export function isBusy(error: unknown): boolean {
  return codeOf(error) === 'ERR_FORK_BUSY';
}

/** For what this runtime is. */
export function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ERR_FORK_UNSUPPORTED' || code === 'ERR_FORK_IN_WORKER';
}

export function untoldWorkers(): Error {
  return refusal(
    ': whether some run from before just-fork was loaded cannot be told, since the permission model allows Workers and forbids ' +
      'the inspector. Run without --allow-worker, or with --allow-inspector where Node has it, or fork with ' +
      '{ allowWorkers: true } if you know that there are none',
  );
}

export function olderWorkers(count: number): Error {
  return refusal(
    `${number(count)} from before just-fork was loaded: the child could not let go of what is not known, and would ` +
      'not end by itself. Load just-fork before you start Workers, or end them first',
  );
}

export function workersNotStopped(count: number): Error {
  return refusal(`${number(count)}, and they cannot be stopped in this runtime: ${RISK}`);
}

/** What the child calls upon would not be there. */
export function workersOfTools(loaders: number, esbuilds: number): Error {
  const which = [
    ...(loaders > 0 ? ['one is of a module loader: tsx, ts-node, --loader'] : []),
    ...(esbuilds > 0
      ? ['one is of esbuild, as with tsx, which does without it in the environment ESBUILD_WORKER_THREADS=0']
      : []),
  ];
  return refusal(`${number(loaders + esbuilds)} (${which.join('; ')}): ${RISK}`);
}

const RISK =
  'the child would have none of them, and could inherit a lock that one of them holds, and hang. End them first, or fork with ' +
  '{ allowWorkers: true } at that risk';

const number = (count: number) => `, and there ${count === 1 ? 'is one' : `are ${count}`}`;

function refusal(why: string): Error {
  return codedError(
    new Error(`fork() is refused while Worker threads run${why}`),
    'ERR_FORK_WORKERS_RUNNING',
  );
}
