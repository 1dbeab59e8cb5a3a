// Three forks make eight processes.
//
//   here                      in C                            in Python
//   os.fork()                 fork()                          os.fork()
//   os.pipe()                 pipe(fds)                       os.pipe()
//   os.write(fd, text)        write(fd, text, n)              os.write(fd, text)
//   os.waitall()              while (wait(NULL) > 0) {}       wait() until ChildProcessError
//   os._exit(0)               _exit(0)                        os._exit(0)
//
// Notice that the loop has three rounds, and that a child goes on with the rest of them: it was made in the middle of
// the loop, with the variable of the loop as it was. So after n forks there are 2 to the n processes, and whoever
// wanted three children has to leave the loop in the child. Each process writes one line, and lines as short as these
// never mix in a pipe; only the first process reads them, when all the others have ended.
import * as os from 'just-fork';

let forks = ''; // by which forks this process came to be: '' is the first, '13' the child that the child '1' made third
const [readFd, writeFd] = os.pipe();

for (const fork of [1, 2, 3]) {
  if (os.fork() === 0) forks += fork;
}
os.write(writeFd, `${forks} ${os.getpid()}\n`);
os.waitall();
if (forks !== '') os._exit(0);

// In the order of the alphabet each process comes right before its children.
const lines = os.read(readFd).toString().trimEnd().split('\n').sort();
for (const line of lines) {
  const [made = '', pid] = line.split(' ');
  // Nobody has a child after that of the third fork.
  const above = [...made.slice(0, -1)].map((fork) => (fork === '3' ? '    ' : '│   ')).join('');
  const branch = made === '' ? '' : `${above}${made.endsWith('3') ? '└──' : '├──'} fork ${made.at(-1)}: `;
  console.log(`${branch}${pid}`);
}
console.log(`${lines.length} processes`);
