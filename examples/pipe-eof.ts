// The end of a pipe comes when its last writer has closed it, and a forgotten copy is a writer.
//
//   here                             in C                                     in Python
//   os.pipe()                        pipe(fds)                                os.pipe()
//   os.setBlocking(fd, false)        fcntl(fd, F_SETFL, flags | O_NONBLOCK)   os.set_blocking(fd, False)
//   os.read(fd)                      read(fd, buffer, n)                      os.read(fd, n)
//   os.close(fd)                     close(fd)                                os.close(fd)
//   EAGAIN                           errno == EAGAIN                          BlockingIOError
//
// Notice that the child has ended, and with it its copy of the write end, and that the reader still hears "try again"
// instead of the end: fork() has left a second copy in the parent, and as long as somebody could write, the kernel
// cannot say that nothing will come. A read() that blocks would wait here for ever, for itself. Hence the rule: each
// process closes, right after the fork, the end that it does not use.
import * as os from 'just-fork';

const [readFd, writeFd] = os.pipe();
os.setBlocking(readFd, false); // so that we can look without being stuck

const pid = os.fork();
if (pid === 0) {
  os.write(writeFd, 'a word');
  os._exit(0);
}
os.waitpid(pid); // all that it will ever write is in the pipe

function look(when: string): void {
  try {
    const bytes = os.read(readFd);
    console.log(`${when}: ${bytes.length > 0 ? `'${bytes}'` : 'the end'}`);
  } catch (error) {
    console.log(`${when}: ${(error as NodeJS.ErrnoException).code}, no end`);
  }
}

look('the child has written and ended');
look('and all of it was read');
os.close(writeFd);
look('the parent has closed its copy');
