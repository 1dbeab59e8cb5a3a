// Loaded before a program that is to be traced. It forks: the child goes on and runs the program; the parent waits for its
// end, however it comes (a signal, _exit), and only then writes what was seen.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as Library from '../index.js';
import { OUTPUT } from './trace.js';

const output = process.env[OUTPUT];
if (output !== undefined) {
  // Programs that this one starts are not to write over it.
  delete process.env[OUTPUT];
  supervise(output, libraryOf(process.argv[1] as string));
}

/** The copy of the package that the program itself will load: another one would not hear of its forks. */
function libraryOf(program: string): typeof Library {
  const load = createRequire(program);
  try {
    const library = load('just-fork') as typeof Library;
    if (typeof library.startTrace === 'function') return library;
  } catch {}
  return require('../index.js') as typeof Library;
}

/** Returns in the child alone. */
function supervise(name: string, os: typeof Library): void {
  const passedOn: Library.Signal[] = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
  const mask = os.sigprocmask(os.SIG_BLOCK, [...passedOn, 'SIGCHLD']);
  const trace = os.startTrace();
  const self = os.getpid();
  const child = os.fork();
  if (child === 0) {
    os.sigprocmask(os.SIG_SETMASK, mask);
    return;
  }
  // A signal whose default is to be ignored need not become pending where it has no handler.
  process.on('SIGCHLD', () => {});
  const status = waitAndPassOn(os, child, [...passedOn, 'SIGCHLD']);

  const record = trace.stop();
  const seen = {
    ...record,
    pid: child,
    events: record.events.filter(({ pid }) => pid !== self),
    processes: record.processes.filter(({ pid }) => pid !== self),
  };
  // Not sooner: the program that is traced has no use for them.
  const { drawTrace } = require('../trace/svg/draw.js') as typeof import('../trace/svg/draw.js');
  const { chromeTrace } = require('../trace/chrome.js') as typeof import('../trace/chrome.js');
  try {
    writeFileSync(`${name}.svg`, drawTrace(seen));
    writeFileSync(`${name}.trace.json`, JSON.stringify(chromeTrace(seen)));
    process.stderr.write(
      `just-fork: ${name}.svg is the picture; ${name}.trace.json opens in https://ui.perfetto.dev\n`,
    );
  } catch (error) {
    process.stderr.write(`just-fork: the trace cannot be written: ${(error as Error).message}\n`);
    process.exit(1);
  }
  // As a shell tells it.
  process.exit(os.WIFSIGNALED(status) ? 128 + os.WTERMSIG(status) : os.WEXITSTATUS(status));
}

function waitAndPassOn(os: typeof Library, child: number, signals: Library.Signal[]): number {
  for (;;) {
    const [ended, status] = os.waitpid(child, os.WNOHANG);
    if (ended === child) return status;
    const { signal, code } = os.sigwaitinfo(signals);
    // What the terminal sends, it sends to both; only what somebody sends to this process is passed on.
    if (signal !== 'SIGCHLD' && code === os.SI_USER) os.kill(child, signal);
  }
}
