// A process of its own, so that the doctor lives on whatever happens here: forks, and prints how long each took.

import { _exit, fork, getppid, WEXITSTATUS, waitpid } from '../index.js';

process.on('uncaughtExceptionMonitor', ({ code }: NodeJS.ErrnoException) => {
  if (code !== undefined) console.log(`code ${code}`);
});

const self = process.pid;
const times: number[] = [];
for (let i = 0; i < Number(process.argv[2]); i++) {
  const start = performance.now();
  const pid = fork();
  if (pid === 0) _exit(getppid() === self ? 42 : 1);
  const [, status] = waitpid(pid);
  times.push(performance.now() - start);
  if (WEXITSTATUS(status) !== 42) throw new Error(`Child ${pid} ended with status ${status}`);
}
// The way through the event loop, too.
const pid = fork();
setTimeout(() => {
  if (pid === 0) process.exit(7);
  const [, status] = waitpid(pid);
  if (WEXITSTATUS(status) !== 7) throw new Error(`Child ${pid} ended with status ${status}`);
  console.log(JSON.stringify(times));
}, 1);
