// What child_process.fork starts: one task, one answer.

import { scanPart, spin } from './task';

const tasks = { scanPart, spin };

process.once('message', ({ name, input }: { name: 'scanPart' | 'spin'; input: never }) => {
  process.send?.(tasks[name](input));
  process.disconnect();
});
