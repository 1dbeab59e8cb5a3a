// Blocked calls under signals: C sees EINTR, and here they go on.
//
//   here                                      in C                              in Python
//   process.on('SIGALRM', listener)           sigaction(SIGALRM, &action, 0)    signal.signal(SIGALRM, handler)
//   os.setitimer(os.ITIMER_REAL, 0.02, 0.02)  setitimer(ITIMER_REAL, &t, 0)     signal.setitimer(ITIMER_REAL, 0.02, 0.02)
//   os.read(fd)                               do n = read(fd, ...);             os.read(fd, n)
//                                             while (n < 0 && errno == EINTR);
//   os.waitpid(pid)                           the same loop around waitpid()    os.waitpid(pid, 0)
//   os.sigwait(['SIGALRM'])                   sigwait(&set, &signal)            signal.sigwait({SIGALRM})
//
// Notice the SIGCHLD: whoever installs a handler for it makes every child's end an interruption of whatever blocks at
// that moment, here of a read() that has nothing to do with that child. In C a call that a handler has interrupted
// fails with EINTR, unless the handler was installed with SA_RESTART (and some calls fail even so); one forgotten loop
// is a rare failure under load. Here, as in Python, the call goes on. Python runs the handler first, in the middle of
// the call; here the listeners run afterwards, at the next turn of the event loop.
import { setImmediate } from 'node:timers/promises';
import * as os from 'just-fork';

process.stdout.on('error', () => {}); // a reader may go away, as head does

const heard = { SIGALRM: 0, SIGCHLD: 0 };
for (const signal of ['SIGALRM', 'SIGCHLD'] as const) process.on(signal, () => heard[signal]++);

/** In a child, which has no timer of its parent's: blocked by ten alarms of its own. */
function tenAlarms(): void {
  os.sigprocmask(os.SIG_BLOCK, ['SIGALRM']);
  os.setitimer(os.ITIMER_REAL, 0.02, 0.02);
  for (let i = 0; i < 10; i++) os.sigwait(['SIGALRM']);
}

os.setitimer(os.ITIMER_REAL, 0.02, 0.02);
const [readFd, writeFd] = os.pipe();
const short = os.fork(() => {});
const long = os.fork(() => {
  tenAlarms();
  os.write(writeFd, 'a word');
  tenAlarms();
});
console.log(`read went on to its end: '${os.read(readFd)}'`);
console.log(`so did waitpid: ${os.waitpid(long)[0] === long}`);
os.setitimer(os.ITIMER_REAL, 0);
os.waitpid(short);

async function report(): Promise<void> {
  while (heard.SIGCHLD === 0) await setImmediate(); // until the event loop has called the listeners
  console.log(`meanwhile: ${heard.SIGALRM} SIGALRM, ${heard.SIGCHLD} SIGCHLD`);
}
void report();
