// The fork is made while background threads mark the heap and compile.
import * as os from 'just-fork';
import { allocateUntilCollected, compileHotCode } from '../../storm/work';
import { judge } from './help';

const kept: object[] = [];
for (let i = 0; i < 300_000; i++) {
  kept.push({ i, text: `object ${i}`, list: [i] });
  if (i % 10_000 === 0) compileHotCode(50);
}
const pid = os.fork();
if (pid === 0) {
  allocateUntilCollected(2);
  compileHotCode(300);
  os._exit(kept.length === 300_000 ? 0 : 1);
}
judge(pid);
