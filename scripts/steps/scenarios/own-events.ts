// A request of the child's completes while the child computes and the parent waits for events.
import { stat } from 'node:fs/promises';
import * as os from 'just-fork';
import { block, say, wrongEnd } from './help';

async function main(): Promise<void> {
  const pid = os.fork();
  if (pid === 0) {
    const request = stat(__filename);
    block(500);
    os._exit((await request).isFile() ? 0 : 1);
  }
  const [, status] = await os.waitpidAsync(pid);
  say(wrongEnd(status) ?? 'good');
}

void main();
