// The fork is made while background threads sweep the heap up: does the child go on with it, too?
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as os from 'just-fork';
import { say } from './help';

setFlagsFromString('--expose-gc');
const gc: () => void = runInNewContext('gc');
const own = () =>
  Number(/^Private_Dirty: +(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]);

os.waitpid(os.fork(() => 0)); // what is done at the first fork alone takes longer
const list: (object | undefined)[] = Array.from({ length: 1_500_000 }, (_, id) => ({
  id,
  values: [id, -id],
}));
for (let i = 0; i < list.length; i += 2) list[i] = undefined;
const all = own();
gc();
const pid = os.fork();
if (pid === 0) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  os._exit(own() < all / 8 ? 0 : 1);
}
const [, status] = os.waitpid(pid);
say(os.WEXITSTATUS(status) === 0 && list.length > 0 ? 'good' : 'the child sweeps');
