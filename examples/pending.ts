// A blocked signal: pending, and then delivered once.
//
//   here                                 in C                                in Python
//   process.on('SIGUSR2', listener)      sigaction(SIGUSR2, &action, 0)      signal.signal(SIGUSR2, handler)
//   os.sigprocmask(os.SIG_BLOCK, [...])  sigprocmask(SIG_BLOCK, &set, &old)  signal.pthread_sigmask(SIG_BLOCK, {...})
//   os.raise('SIGUSR2')                  raise(SIGUSR2)                      signal.raise_signal(SIGUSR2)
//   os.sigpending()                      sigpending(&set)                    signal.sigpending()
//
// Notice that the signal was raised three times and its listener runs once. What the kernel keeps of a blocked signal
// is one bit: it is pending, or it is not. So a signal can say that something has happened, and never how often. (The
// real-time signals, SIGRTMIN and above, are the ones that queue.) A listener runs at the next turn of the event loop;
// a handler in C would have run before sigprocmask() returned.
import { setImmediate } from 'node:timers/promises';
import * as os from 'just-fork';

process.stdout.on('error', () => {}); // a reader may go away, as head does

let delivered = 0;
process.on('SIGUSR2', () => delivered++);

os.sigprocmask(os.SIG_BLOCK, ['SIGUSR2']);
for (let i = 0; i < 3; i++) os.raise('SIGUSR2');
console.log(`blocked, and raised three times: pending [${[...os.sigpending()]}]`);

const blocked = os.sigprocmask(os.SIG_UNBLOCK, ['SIGUSR2']);
console.log(`unblocked [${[...blocked]}]: pending [${[...os.sigpending()]}]`);

async function report(): Promise<void> {
  while (delivered === 0) await setImmediate(); // until the event loop has called the listener
  console.log(`the listener ran: ${delivered}`);
}
void report();
