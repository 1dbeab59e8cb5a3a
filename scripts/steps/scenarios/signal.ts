// A signal comes to the child as soon as there is one: the test build sends it (JUST_FORK_RAISE).
import { constants } from 'node:os';
import * as os from 'just-fork';
import { say, wrongEnd } from './help';

process.env.JUST_FORK_RAISE = String(constants.signals.SIGUSR2);
let heard = 0;
process.on('SIGUSR2', () => {
  heard++;
  if (os.isForkedChild()) os._exit(1);
});

async function main(): Promise<void> {
  const pid = os.fork();
  if (pid === 0) {
    // The loop looks for signals before it comes to an immediate, however late the timer is.
    setTimeout(() => setImmediate(() => os._exit(0)), 300);
    return;
  }
  const [, status] = await os.waitpidAsync(pid);
  if (heard > 0) say("the parent's listener ran");
  say(wrongEnd(status, 1) ?? 'good');
}

void main();
