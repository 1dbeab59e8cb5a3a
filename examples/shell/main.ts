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
import { StringDecoder } from 'node:string_decoder';
import * as os from 'just-fork';
import { continueJob, interactive, type Job, reapBackground, reason, start } from './jobs';
import { parse } from './parse';

const jobs: Job[] = [];
/** Of the last command: what the shell itself ends with. */
let status = 0;

const builtins: Record<string, (argument?: string) => number | void> = {
  cd: (directory = process.env.HOME ?? '/') => {
    try {
      process.chdir(directory);
    } catch (error) {
      throw new Error(`cd: ${directory}: ${reason(error)}`);
    }
  },
  exit: (code = String(status)) => {
    if (!/^\d+$/.test(code)) throw new Error(`exit: ${code}: not a number`);
    process.exit(Number(code));
  },
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

function execute(line: string): number {
  const { commands, background } = parse(line);
  if (commands.length === 0) return status;
  const [name = '', argument] = commands[0]?.argv ?? [];
  if (Object.hasOwn(builtins, name)) return builtins[name]?.(argument) ?? 0;
  return start(jobs, { commands, background, text: line });
}

/** What is typed, until Ctrl-D. */
function* lines(): Generator<string> {
  const decoder = new StringDecoder(); // a read can end within a character
  for (let rest = ''; ; ) {
    reapBackground(jobs);
    if (interactive && rest === '') os.write(1, '$ ');
    const typed = os.read(0);
    const complete = (rest + decoder.write(typed)).split('\n');
    rest = complete.pop() ?? '';
    yield* complete;
    if (typed.length > 0) continue;
    if (rest !== '') yield rest + decoder.end();
    return;
  }
}

for (const line of lines()) {
  reapBackground(jobs);
  try {
    status = execute(line.trim());
  } catch (error) {
    console.error((error as Error).message);
    status = error instanceof SyntaxError ? 2 : 1;
  }
}
process.exit(status);
