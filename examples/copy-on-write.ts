// Copied when written: a change in one process is unseen in the other, and untouched memory is there once.
//
//   here                                      in C                                in Python
//   os.fork()                                 fork()                              os.fork()
//   os.waitpid(pid)                           waitpid(pid, &status, 0)            os.waitpid(pid, 0)
//   readFileSync('/proc/self/smaps_rollup')   open() and read()                   open('/proc/self/smaps_rollup')
//
// Notice RSS and PSS. RSS counts every page that a process has; PSS counts a page that n processes have as one n-th.
// Right after the fork the child has all of its parent's 128 MiB, and pays for half. Each page that it writes to the
// kernel first copies: RSS stays, PSS grows, and the parent still reads what it wrote itself. (Python writes a
// reference count into each object that it only looks at, and so copies its pages by reading. V8 does so when it
// collects garbage.)
import { readFileSync } from 'node:fs';
import * as os from 'just-fork';

function memory(): string {
  if (process.platform !== 'linux') return 'how much memory is shared, only Linux says';
  const lines = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const mebibytes = (name: string) => Number(new RegExp(`^${name}: *(\\d+) kB`, 'm').exec(lines)?.[1]) >> 10;
  return `RSS ${mebibytes('Rss')} MiB, PSS ${mebibytes('Pss')} MiB`;
}

const data = Buffer.alloc(128 * 2 ** 20, 'p');
console.log(`parent, alone:          ${memory()}`);

const pid = os.fork();
if (pid === 0) {
  console.log(`child, after the fork:  ${memory()}`);
  data.fill('c');
  console.log(`child, having written:  ${memory()}`);
  console.log(`child reads '${data.toString('latin1', 0, 1)}'`);
  os._exit(0);
}
os.waitpid(pid);
console.log(`parent reads '${data.toString('latin1', 0, 1)}'`);
