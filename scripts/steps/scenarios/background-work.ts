// A child whose garbage collector and compilers have work for background threads, and which ends by itself: Node then
// waits for that work.
import * as os from 'just-fork';
import { allocateUntilCollected, compileHotCode } from '../../storm/work';
import { judge } from './help';

const pid = os.fork();
if (pid > 0) judge(pid);
const kept: object[] = [];
for (let i = 0; i < 150_000; i++) kept.push({ i, text: `object ${i}`, list: [i] });
compileHotCode(300);
allocateUntilCollected(2);
process.exitCode = kept.length === 150_000 ? 0 : 1;
