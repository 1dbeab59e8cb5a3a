// One measurement: peak-memory COMMAND ARGUMENTS... The most memory, in megabytes, that a program and all its children
// had at one time: of a page that several processes share, each has its part (PSS), so that the sum is what the
// machine has given.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { answer } from '../run';

const INTERVAL = 100;

/** See proc_pid_smaps(5), and proc_tid_children(5). A process may be gone when it is looked at. */
function proportional(pid: number): number {
  try {
    const own = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children.reduce((sum, child) => sum + proportional(Number(child)), Number(own?.[1] ?? 0));
  } catch {
    return 0;
  }
}

const [command, ...args] = process.argv.slice(2) as [string, ...string[]];
const program = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
let peak = 0;
const timer = setInterval(() => {
  peak = Math.max(peak, proportional(program.pid as number));
}, INTERVAL);
program.once('close', (code) => {
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed: exit code ${code}`);
  answer(peak / 1024);
});
