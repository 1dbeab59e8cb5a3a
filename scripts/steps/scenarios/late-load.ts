// The package is loaded, and the process forked, while Node's own workers mark the heap for V8.
import type * as Package from 'just-fork';
import { allocateUntilCollected } from '../../storm/work';

const kept: object[] = [];
for (let i = 0; i < 300_000; i++) kept.push({ i, text: `object ${i}`, list: [i] });

const os = require('just-fork') as typeof Package;
const pid = os.fork();
if (pid === 0) {
  allocateUntilCollected(2);
  os._exit(kept.length === 300_000 ? 0 : 1);
}
const { judge } = require('./help') as typeof import('./help');
judge(pid);
