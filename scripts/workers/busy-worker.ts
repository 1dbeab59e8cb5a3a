// A Worker that allocates, compiles and does I/O, without end.

import { join } from 'node:path';
import * as work from '../storm/work';

setInterval(() => work.allocateUntilCollected(1), 1);
setInterval(() => work.compileHotCode(200), 1);
const io = async () => {
  for (;;) {
    await work.readFiles(join(__dirname, '..', 'storm', 'work.js'));
    await work.compress();
  }
};
void io();
