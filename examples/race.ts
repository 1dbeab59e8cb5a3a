// A race between child and parent, lost, and then cured by a mask and sigsuspend.
//
//   here                                    in C                               in Python
//   os.kill(pid, 'SIGUSR2')                 kill(pid, SIGUSR2)                 os.kill(pid, signal.SIGUSR2)
//   os.pause()                              pause()                            signal.pause()
//   os.setitimer(os.ITIMER_REAL, 0.1, 0.1)  setitimer(ITIMER_REAL, &timer, 0)  signal.setitimer(ITIMER_REAL, 0.1, 0.1)
//   os.sigprocmask(os.SIG_BLOCK, [...])     sigprocmask(SIG_BLOCK, &set, 0)    signal.pthread_sigmask(SIG_BLOCK, {...})
//   os.sigsuspend([])                       sigsuspend(&set)                   -
//
// Notice that the program with pause() is wrong although it mostly works: the child is to wake its parent, and if it
// does so before the parent sleeps, the parent sleeps for ever. (Here the child is made to win by waiting for its end,
// and an alarm saves us.) Blocked, the signal stays pending until somebody wants it; but to unblock it and then pause()
// would only move the race. sigsuspend() is both in one step: nothing comes between them.
import { setImmediate } from 'node:timers/promises';
import * as os from 'just-fork';

process.stdout.on('error', () => {}); // a reader may go away, as head does

let woken: string[] = [];
for (const signal of ['SIGUSR2', 'SIGALRM'] as const) process.on(signal, () => woken.push(signal));

const parent = os.getpid();
const childWins = () => os.waitpid(os.fork(() => os.kill(parent, 'SIGUSR2')));

async function report(what: string): Promise<void> {
  while (woken.length === 0) await setImmediate(); // until the event loop has called the listeners
  console.log(`${what}: ${[...new Set(woken)]}`);
  woken = [];
}

async function main(): Promise<void> {
  childWins();
  await report('came before pause');
  os.setitimer(os.ITIMER_REAL, 0.1, 0.1); // again and again: one alarm alone could come too early as well
  os.pause();
  os.setitimer(os.ITIMER_REAL, 0);
  await report('has ended pause');

  os.sigprocmask(os.SIG_BLOCK, ['SIGUSR2']);
  childWins();
  console.log(`came before sigsuspend, and pends: ${[...os.sigpending()]}`);
  os.sigsuspend([]);
  await report('has ended sigsuspend');
}
void main();
