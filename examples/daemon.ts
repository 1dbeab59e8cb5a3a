// A daemon, which tells through a pipe who it is.
//
//   here                   in C                                  in Python
//   os.daemon()            daemon(0, 0)                          -
//     os.fork()              fork()                                os.fork()
//     os.setsid()            setsid()                              os.setsid()
//     process.chdir('/')     chdir("/")                            os.chdir('/')
//     os.dup2(fd, 0)         dup2(fd, 0)                           os.dup2(fd, 0)
//   os.getsid(0)           getsid(0)                             os.getsid(0)
//   os.getppid()           getppid()                             os.getppid()
//
// Notice the two forks. The first lets the caller go on (or a shell print its prompt), and makes sure that the child
// leads no process group, which setsid() demands. setsid() starts a session without a terminal, whose leader would get
// the first one that it opens; so it forks once more and leaves, and what remains belongs to a session whose number is
// the pid of nobody. Its standard streams are /dev/null: all that it can say it says through the pipe.
import * as os from 'just-fork';

const [readFd, writeFd] = os.pipe();

const caller = os.fork();
if (caller === 0) {
  os.daemon();
  const leader = os.getsid(0);
  while (os.getppid() === leader) {} // which is about to leave
  console.log('nobody hears this');
  const told = `pid ${os.getpid()}, parent ${os.getppid()}, session ${leader}, in ${process.cwd()}`;
  os.write(writeFd, told);
  os._exit(0);
}
os.close(writeFd);

const [, status] = os.waitpid(caller);
console.log(`${caller} has called daemon(), and has ended with ${os.WEXITSTATUS(status)}`);
console.log(`the daemon: ${os.read(readFd)}`);
