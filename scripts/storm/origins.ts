// The places in a program that a fork can come from: each calls `fork` once, from there.

import { execFile } from 'node:child_process';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import type { Origin } from './plan';

/** The next request that this process serves forks; who serves none forks from a socket's turn all the same. */
export let onRequest: (() => void) | undefined;

export function served(): void {
  const fork = onRequest;
  onRequest = undefined;
  fork?.();
}

let modules = 0;

export const ORIGIN: Record<Origin, (fork: () => void, serving: boolean) => void> = {
  timeout: (fork) => setTimeout(fork, 1),
  immediate: (fork) => setImmediate(fork),
  nextTick: (fork) => process.nextTick(fork),
  promise: (fork) => void Promise.resolve().then(fork),
  'file callback': (fork) => fs.stat(__filename, fork),
  'request handler': (fork, serving) => {
    if (serving) onRequest = fork;
    else setImmediate(fork);
  },
  'signal listener': (fork) => {
    const stayAlive = setTimeout(() => {}, 2 ** 30); // a listener for a signal does not keep a process running
    process.once('SIGWINCH', () => {
      clearTimeout(stayAlive);
      fork();
    });
    process.kill(process.pid, 'SIGWINCH');
  },
  // In both processes the module must come.
  'pending import': (fork) => {
    const text = `export const number = ${modules++}`;
    const pending = import(`data:text/javascript,${encodeURIComponent(text)}`);
    fork();
    pending.catch((error) => {
      throw error;
    });
  },
  'thread-pool callback': (fork) => crypto.pbkdf2('secret', 'salt', 10, 32, 'sha256', fork),
  'end of a program': (fork) => execFile('/bin/true', fork),
};
