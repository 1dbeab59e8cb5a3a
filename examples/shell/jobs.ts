// Job control: each job is a process group, and one group at a time has the terminal.

import { openSync } from 'node:fs';
import * as os from 'just-fork';
import type { Command, Line } from './parse';

export interface Job extends Line {
  number: number;
  text: string;
  pgid: number;
  /** Those that have not been reaped. */
  pids: number[];
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

/** Starts a pipeline as a group of its own, and waits for it if it is in the foreground. */
export function start(jobs: Job[], line: Line & { text: string }): void {
  const job: Job = { ...line, number: (jobs.at(-1)?.number ?? 0) + 1, pgid: 0, pids: [], state: 'running' };
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
    os.setpgid(pid, job.pgid);
    if (input !== 0) os.close(input);
    if (!last) os.close(writeFd);
    input = readFd;
  }
  jobs.push(job);
  if (!line.background) bringToForeground(job.pgid);
  os.close(opener);
  os.close(gate);
  if (line.background) console.log(`[${job.number}] ${job.pgid}`);
  else waitInForeground(jobs, job);
}

/** In the child: becomes the program. */
function run({ argv, ...files }: Command, input: number, output: number): number {
  if (files.input !== undefined) input = openSync(files.input, 'r');
  if (files.output !== undefined) output = openSync(files.output, files.append ? 'a' : 'w');
  os.dup2(input, 0);
  os.dup2(output, 1);
  try {
    os.execvp(String(argv[0]), argv);
  } catch (error) {
    os.write(2, `${argv[0]}: ${(error as Error).message}\n`);
    return 127;
  }
}

/** fg and bg. */
export function continueJob(jobs: Job[], job: Job, foreground: boolean): void {
  job.state = 'running';
  if (foreground) bringToForeground(job.pgid);
  os.killpg(job.pgid, 'SIGCONT');
  console.log(job.text); // from here on Ctrl-C and Ctrl-Z reach the job
  if (foreground) waitInForeground(jobs, job);
}

/** Until the job has ended or stopped; then the shell has the terminal again. */
function waitInForeground(jobs: Job[], job: Job): void {
  let signalled = false;
  while (job.pids.length > 0 && job.state === 'running') {
    const found = os.waitpid(-job.pgid, os.WUNTRACED);
    update(job, found);
    if (!os.WIFEXITED(found[1])) signalled = true; // one of them is enough: others may have seen the end of their input
  }
  bringToForeground(shell);
  if (interactive && signalled) console.log(); // behind the ^C or ^Z that the terminal shows
  report(jobs, job, true);
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
  if (os.WIFSTOPPED(status)) job.state = 'stopped';
  else if (os.WIFCONTINUED(status)) job.state = 'running';
  else job.pids.splice(job.pids.indexOf(pid), 1);
}

function report(jobs: Job[], job: Job, foreground: boolean): void {
  const done = job.pids.length === 0;
  if (done) jobs.splice(jobs.indexOf(job), 1);
  if (!done || !foreground) console.log(`[${job.number}] ${done ? 'done' : job.state} ${job.text}`);
}
