// ls | wc -l
//
//   here                          in C                            in Python
//   os.pipe()                     pipe2(fds, O_CLOEXEC)           os.pipe()
//   os.fork()                     fork()                          os.fork()
//   os.dup2(fd, 1)                dup2(fd, 1)                     os.dup2(fd, 1)
//   os.execvp('wc', [...])        execvp("wc", argv)              os.execvp('wc', [...])
//   os.close(fd)                  close(fd)                       os.close(fd)
//   os.waitpid(pid)               waitpid(pid, &status, 0)        os.waitpid(pid, 0)
//
// Notice what happens between fork and exec: that is the reason why they are two calls. The child arranges its own
// descriptors, and the program that it becomes finds them as 0 and 1 and never knows. dup2 makes a descriptor that exec
// keeps, and the ends of the pipe themselves close at exec. The parent must close its copies: while anybody could still
// write, wc would wait for the end of its input for ever.
import * as os from 'just-fork';

const [readFd, writeFd] = os.pipe();

const ls = os.fork();
if (ls === 0) {
  os.dup2(writeFd, 1);
  os.execvp('ls', ['ls', ...process.argv.slice(2)]);
}

const wc = os.fork();
if (wc === 0) {
  os.dup2(readFd, 0);
  os.execvp('wc', ['wc', '-l']);
}

os.close(readFd);
os.close(writeFd);
const [, lsStatus] = os.waitpid(ls);
const [, wcStatus] = os.waitpid(wc);
console.log(
  `ls ended with ${os.waitstatusToExitcode(lsStatus)}, wc with ${os.waitstatusToExitcode(wcStatus)}`,
);
