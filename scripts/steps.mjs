// npm run steps: builds the addon so that each step of a fork can be turned off (native/runtime/steps_off.cc), in a copy
// of the project, and runs scripts/steps/main.ts there. Arguments go to it.

import { join } from 'node:path';
import { run } from './build.mjs';
import { buildCopy } from './copy.mjs';

if (process.platform !== 'linux') {
  console.error(
    `npm run steps needs a linker that knows --wrap, and a /proc: it serves Linux, and this is ${process.platform}`,
  );
  process.exit(1);
}
const copy = buildCopy('.steps', [], 'steps_off=1');
run(process.execPath, [join(copy, 'dist', 'scripts', 'steps', 'main.js'), ...process.argv.slice(2)], {
  cwd: copy,
});
