// Three children end, and one SIGCHLD says so.
//
//   here                                 in C                             in Python
//   os.sigprocmask(os.SIG_BLOCK, [...])  sigprocmask(SIG_BLOCK, &set, 0)  signal.pthread_sigmask(SIG_BLOCK, {...})
//   os.waitid(os.P_PID, pid, ...)        waitid(P_PID, pid, &info, ...)   os.waitid(os.P_PID, pid, ...)
//   os.sigpending()                      sigpending(&set)                 signal.sigpending()
//   os.sigwait(['SIGCHLD'])              sigwait(&set, &signal)           signal.sigwait({SIGCHLD})
//   os.waitpid(-1, os.WNOHANG)           waitpid(-1, &status, WNOHANG)    os.waitpid(-1, os.WNOHANG)
//
// Notice that a handler which reaps one child for each SIGCHLD leaves two zombies here, for good: nothing will ever
// tell of them again. A pending signal is one bit, not a count. So SIGCHLD means "look", and whoever hears it asks
// waitpid() again and again, until WNOHANG says that nobody else has ended (0), or that there is nobody else (ECHILD).
import * as os from 'just-fork';

// By default SIGCHLD is ignored, and some systems drop an ignored signal even while it is blocked.
process.on('SIGCHLD', () => {});
os.sigprocmask(os.SIG_BLOCK, ['SIGCHLD']);

const pids = [1, 2, 3].map((code) => os.fork(() => code));
for (const pid of pids) os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT); // has ended, and is not reaped
console.log(`ended: ${pids.length} children; pending: [${[...os.sigpending()]}]`);
console.log(`taken: ${os.sigwait(['SIGCHLD'])}; pending: [${[...os.sigpending()]}]`);

os.waitpid(-1, os.WNOHANG);
console.log('reaped for it: 1');

let more = 0;
try {
  while (os.waitpid(-1, os.WNOHANG)[0] > 0) more++;
} catch (error) {
  console.log(`and by a loop: ${more}, until ${(error as NodeJS.ErrnoException).code}`);
}
