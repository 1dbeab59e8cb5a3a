// A shell with job control: pipelines, redirections, cd, &, jobs, fg, bg, Ctrl-C and Ctrl-Z.
//
//   here                                  in C                                     in Python
//   os.fork(), os.execvp(file, argv)      fork(), execvp(file, argv)               os.fork(), os.execvp(file, argv)
//   os.setpgid(pid, pgid)                 setpgid(pid, pgid)                       os.setpgid(pid, pgid)
//   os.tcsetpgrp(0, pgid)                 tcsetpgrp(0, pgid)                       os.tcsetpgrp(0, pgid)
//   os.waitpid(-pgid, os.WUNTRACED)       waitpid(-pgid, &status, WUNTRACED)       os.waitpid(-pgid, os.WUNTRACED)
//   os.sigaction('SIGTTOU', 'ignore')     signal(SIGTTOU, SIG_IGN)                 signal.signal(SIGTTOU, signal.SIG_IGN)
//   os.killpg(pgid, 'SIGCONT')            killpg(pgid, SIGCONT)                    os.killpg(pgid, signal.SIGCONT)
//   os.pipe(), os.dup2(fd, 1)             pipe(fds), dup2(fd, 1)                   os.pipe(), os.dup2(fd, 1)
//
// Notice that the shell never sees the Ctrl-C that ends a job: the terminal sends SIGINT to the process group in its
// foreground, and all that the shell does is to say which group that is. Each job is a group; fg is tcsetpgrp and
// SIGCONT; Ctrl-Z is SIGTSTP, and the shell hears of it because it waits with WUNTRACED. jobs.ts has all of this.
import * as os from 'just-fork';
import { continueJob, interactive, type Job, reapBackground, start } from './jobs';
import { parse } from './parse';

const jobs: Job[] = [];

const builtins: Record<string, (argument?: string) => void> = {
  cd: (directory = process.env.HOME ?? '/') => process.chdir(directory),
  exit: (code = '0') => process.exit(Number(code)),
  jobs: () => {
    for (const job of jobs) console.log(`[${job.number}] ${job.state} ${job.text}`);
  },
  fg: (number) => continueJob(jobs, chosen(number), true),
  bg: (number) => continueJob(jobs, chosen(number), false),
};

function chosen(number?: string): Job {
  const job = number ? jobs.find((one) => one.number === Number(number.replace('%', ''))) : jobs.at(-1);
  if (!job) throw new Error('no such job');
  return job;
}

function execute(line: string): void {
  const { commands, background } = parse(line);
  const [name = '', argument] = commands[0]?.argv ?? [];
  if (Object.hasOwn(builtins, name)) builtins[name]?.(argument);
  else if (name !== '') start(jobs, { commands, background, text: line });
}

for (let rest = ''; ; ) {
  reapBackground(jobs);
  if (!rest.includes('\n')) {
    if (interactive) os.write(1, '$ ');
    const typed = os.read(0);
    if (typed.length === 0) process.exit(); // Ctrl-D
    rest += typed;
  }
  const end = rest.indexOf('\n');
  if (end < 0) continue;
  const line = rest.slice(0, end).trim();
  rest = rest.slice(end + 1);
  try {
    execute(line);
  } catch (error) {
    console.error((error as Error).message);
  }
}
