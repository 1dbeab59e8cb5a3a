// The process that forks was itself started by child_process.fork, and gets messages while its child waits for events.
import * as child_process from 'node:child_process';
import * as os from 'just-fork';
import { say } from './help';

const MESSAGES = 20;

function receive(): void {
  let received = 0;
  process.on('message', () => {
    received++;
    if (os.isForkedChild()) os._exit(0);
    if (received === MESSAGES) process.send?.(received);
  });
  const pid = os.fork();
  if (pid === 0) {
    setTimeout(() => os._exit(0), 1000);
    return;
  }
  process.send?.('ready');
  os.waitpid(pid); // until then the messages lie there, for the child to take
  setTimeout(() => process.send?.(received), 1000);
}

function send(): void {
  const program = child_process.fork(__filename, ['inner']);
  program.on('message', (message) => {
    if (message === 'ready') {
      for (let i = 0; i < MESSAGES; i++) program.send(i);
    } else {
      program.kill();
      say(message === MESSAGES ? 'good' : 'messages lost');
    }
  });
}

if (process.argv[2] === 'inner') receive();
else send();
