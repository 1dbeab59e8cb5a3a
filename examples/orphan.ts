// An orphan, and its adoption.
//
//   here                        in C                                   in Python
//   os.setChildSubreaper()      prctl(PR_SET_CHILD_SUBREAPER, 1)       -
//   os.fork()                   fork()                                 os.fork()
//   os.pipe(), os.read(fd)      pipe(fds), read(fd, buffer, n)         os.pipe(), os.read(fd, n)
//   os.getppid()                getppid()                              os.getppid()
//   os.wait()                   wait(&status)                          os.wait()
//
// Notice that a process cannot choose its parent, and that the parent's end changes it: getppid() of the grandchild is
// another number afterwards. Orphans go to the nearest ancestor that has asked for them (a subreaper: here this program,
// on Linux), else to init. Who adopts must reap: wait() reports a process that this program never forked.
import * as os from 'just-fork';

const adopts = process.platform === 'linux';
if (adopts) os.setChildSubreaper();
console.log(`parent ${os.getpid()}`);

const [ended, untilEnd] = os.pipe();
const [heard, say] = os.pipe();
const child = os.fork(() => {
  const father = os.getpid();
  os.fork(() => {
    os.close(untilEnd);
    console.log(`grandchild ${os.getpid()}, child of ${os.getppid()}`);
    os.write(say, '.');
    while (os.getppid() === father) os.read(ended); // its father takes the other end along
    console.log(`grandchild ${os.getpid()}, child of ${os.getppid()}`);
    return 5;
  });
  os.read(heard);
  return 4;
});
os.close(untilEnd);

for (let left = adopts ? 2 : 1; left > 0; left--) {
  const [pid, status] = os.wait();
  console.log(`reaped ${pid === child ? 'the child' : 'the orphan'} ${pid}: ${os.WEXITSTATUS(status)}`);
}
