// Job control: each job is a process group, and one group at a time has the terminal.

import { openSync } from 'node:fs';
import { getSystemErrorMap } from 'node:util';
import * as os from 'just-fork';
import type { Command, Line, Redirection } from './parse';

export interface Job extends Line {
  number: number;
  text: string;
  pgid: number;
  /** Those that have not been reaped. */
  pids: number[];
  /** The one at the end of the pipeline. */
  last: number;
  /** Of that one, as a shell tells it. */
  status: number;
  state: 'running' | 'stopped';
}

/** Whether a person types. A shell that reads its commands from a pipe or a file has no terminal to hand on. */
export const interactive = os.isatty(0);

const shell = os.getpgrp();

/** Those by which a terminal ends or stops programs. The shell ignores them; SIGTTOU is for tcsetpgrp from the background. */
const TERMINAL_SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU'] as const;
for (const signal of TERMINAL_SIGNALS) os.sigaction(signal, 'ignore');

function bringToForeground(pgid: number): void {
  if (interactive) os.tcsetpgrp(0, pgid);
}

/** Starts a pipeline as a group of its own, and waits for it if it is in the foreground. Returns its status. */
export function start(jobs: Job[], line: Line & { text: string }): number {
  const number = (jobs.at(-1)?.number ?? 0) + 1;
  const job: Job = { ...line, number, pgid: 0, pids: [], last: 0, status: 0, state: 'running' };
  // No program may run before its group has the terminal, or it could be stopped for reading from it.
  const [gate, opener] = os.pipe();
  let input = 0;
  for (const command of line.commands) {
    const last = command === line.commands.at(-1);
    const [readFd, writeFd] = last ? [0, 1] : os.pipe();
    const pid = os.fork(() => {
      os.setpgid(0, job.pgid); // here and in the parent: neither can know who is first
      os.close(opener);
      os.read(gate);
      for (const signal of TERMINAL_SIGNALS) os.sigaction(signal, 'default'); // what is ignored stays so over exec
      return run(command, input, writeFd);
    });
    job.pgid ||= pid;
    job.pids.push(pid);
    job.last = pid;
    os.setpgid(pid, job.pgid);
    if (input !== 0) os.close(input);
    if (!last) os.close(writeFd);
    input = readFd;
  }
  jobs.push(job);
  if (!line.background) bringToForeground(job.pgid);
  os.close(opener);
  os.close(gate);
  if (!line.background) return waitInForeground(jobs, job);
  console.log(`[${job.number}] ${job.pgid}`);
  return 0;
}

/** In the child: becomes the program. Returns only if that fails. */
function run({ argv, redirections }: Command, input: number, output: number): number {
  os.dup2(input, 0);
  os.dup2(output, 1);
  for (const redirection of redirections) {
    try {
      redirect(redirection);
    } catch (error) {
      return fail(redirection.file, reason(error), 1);
    }
  }
  const [file] = argv;
  if (file === undefined) return 0; // `> file` alone makes the file
  try {
    os.execvp(file, argv);
  } catch (error) {
    const unknown = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return fail(file, unknown ? 'command not found' : reason(error), unknown ? 127 : 126);
  }
}

function redirect({ operator, file }: Redirection): void {
  if (operator === '<') os.dup2(openSync(file, 'r'), 0);
  else os.dup2(openSync(file, operator === '>' ? 'w' : 'a'), 1);
}

function fail(what: string, why: string, status: number): number {
  os.write(2, `${what}: ${why}\n`);
  return status;
}

/** As strerror() has it, without the call that Node's messages name. */
export function reason(error: unknown): string {
  const { errno = 0, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno)?.[1] ?? message;
}

/** fg and bg. */
export function continueJob(jobs: Job[], job: Job, foreground: boolean): number {
  job.state = 'running';
  if (foreground) bringToForeground(job.pgid);
  os.killpg(job.pgid, 'SIGCONT');
  console.log(job.text); // from here on Ctrl-C and Ctrl-Z reach the job
  return foreground ? waitInForeground(jobs, job) : 0;
}

/** Until the job has ended or stopped; then the shell has the terminal again. */
function waitInForeground(jobs: Job[], job: Job): number {
  let signalled = false;
  while (job.pids.length > 0 && job.state === 'running') {
    const found = os.waitpid(-job.pgid, os.WUNTRACED);
    update(job, found);
    if (!os.WIFEXITED(found[1])) signalled = true; // one of them is enough: others may have seen the end of their input
  }
  bringToForeground(shell);
  if (interactive && signalled) console.log(); // behind the ^C or ^Z that the terminal shows
  report(jobs, job, true);
  return job.status;
}

/** Takes what has happened in the background, without waiting. */
export function reapBackground(jobs: Job[]): void {
  for (const job of [...jobs]) {
    const before = job.state;
    for (let more = true; more && job.pids.length > 0; ) {
      const found = os.waitpid(-job.pgid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED);
      more = found[0] > 0;
      if (more) update(job, found);
    }
    if (job.pids.length === 0 || job.state !== before) report(jobs, job, false);
  }
}

function update(job: Job, [pid, status]: os.WaitResult): void {
  if (pid === job.last) job.status = statusOf(status);
  if (os.WIFSTOPPED(status)) job.state = 'stopped';
  else if (os.WIFCONTINUED(status)) job.state = 'running';
  else job.pids.splice(job.pids.indexOf(pid), 1);
}

function statusOf(status: number): number {
  if (os.WIFEXITED(status)) return os.WEXITSTATUS(status);
  return 128 + (os.WIFSTOPPED(status) ? os.WSTOPSIG(status) : os.WTERMSIG(status));
}

function report(jobs: Job[], job: Job, foreground: boolean): void {
  const done = job.pids.length === 0;
  if (done) jobs.splice(jobs.indexOf(job), 1);
  if (!done || !foreground) console.log(`[${job.number}] ${done ? 'done' : job.state} ${job.text}`);
}
