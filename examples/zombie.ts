// A zombie, and its reaping.
//
//   here                              in C                                        in Python
//   os.fork()                         fork()                                      os.fork()
//   os._exit(7)                       _exit(7)                                    os._exit(7)
//   os.waitid(os.P_PID, pid, ...)     waitid(P_PID, pid, &info, WEXITED|WNOWAIT)  os.waitid(os.P_PID, pid, ...)
//   os.waitpid(pid)                   waitpid(pid, &status, 0)                    os.waitpid(pid, 0)
//   os.kill(pid, 0)                   kill(pid, 0)                                os.kill(pid, 0)
//
// Notice that the child has ended long before anybody waits for it, and that its pid is taken all the same: the kernel
// keeps the number and 16 bits of status for the parent, and nothing else of it. A signal to a zombie is no error, and
// has no effect. Only waitpid() takes it away, and only then may the number be given to another process.
import { execFileSync } from 'node:child_process';
import * as os from 'just-fork';

const show = (pid: number) => String(execFileSync('ps', ['-o', 'stat=,command=', '-p', `${pid}`])).trim();

const pid = os.fork();
if (pid === 0) os._exit(7);

// WNOWAIT: wait for its end, and leave it as it is.
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT);
console.log(`ended, and not reaped: ${show(pid)}`);
os.kill(pid, 'SIGKILL');
console.log(`killed, to no effect:  ${show(pid)}`);

const [, status] = os.waitpid(pid);
console.log(`reaped: it had ended with ${os.WEXITSTATUS(status)}`);
try {
  os.kill(pid, 0);
} catch (error) {
  console.log(`and is gone: ${(error as Error).message}`);
}
