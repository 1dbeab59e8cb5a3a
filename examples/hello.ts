// Who am I, twice: one call that returns two times.
//
//   here                  in C                          in Python
//   os.fork()             fork()                        os.fork()
//   os.getpid()           getpid()                      os.getpid()
//   os.getppid()          getppid()                     os.getppid()
//   os.waitpid(pid)       waitpid(pid, &status, 0)      os.waitpid(pid, 0)
//   os.WEXITSTATUS(n)     WEXITSTATUS(n)                os.WEXITSTATUS(n)
//
// Notice that both processes run the line after fork(), and that nothing but its return value tells them apart: the
// child gets 0, since it can ask for its parent's pid at any time, and the parent gets the child's pid, since it has no
// other way to learn it. Which of the two prints first is for the scheduler to say.
import * as os from 'just-fork';

console.log(`one process: ${os.getpid()}`);

const pid = os.fork();
if (pid === 0) {
  console.log(`fork returned 0: I am ${os.getpid()}, the child of ${os.getppid()}`);
  process.exit(42);
}
console.log(`fork returned ${pid}: I am ${os.getpid()}, its parent`);

const [ended, status] = os.waitpid(pid);
console.log(`one process again: ${ended} has ended with ${os.WEXITSTATUS(status)}`);
