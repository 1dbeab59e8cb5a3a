// npm run test:asan: the tests, with the addon built under AddressSanitizer and UndefinedBehaviorSanitizer, in a copy of
// the project, since the two builds cannot share a folder. Node itself is not instrumented: the sanitizers' library is
// loaded before it. Arguments go to vitest.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headers, run } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const copy = join(root, '.asan');
const require = createRequire(import.meta.url);

rmSync(copy, { recursive: true, force: true });
mkdirSync(copy);
for (const name of [
  'native',
  'dist',
  'test',
  'binding.gyp',
  'package.json',
  'vitest.config.mts',
  'tsconfig.json',
]) {
  cpSync(join(root, name), join(copy, name), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const gyp = require.resolve('node-gyp/bin/node-gyp.js');
const nodedir = headers();
run(process.execPath, [gyp, 'rebuild', '--loglevel=error', ...nodedir, '--', '-Dsanitize=1'], { cwd: copy });

const library = (name) => {
  const { stdout } = spawnSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' });
  return stdout.trim();
};
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
run(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: copy,
  env: {
    ...process.env,
    // For the scenarios alone (test/run.ts), so that only what loads the addon is preloaded.
    JUST_FORK_PRELOAD: `${library('libasan.so')}:${library('libubsan.so')}`,
    // Leaks: V8 and Node keep much until the end on purpose, and a forked child ends by _exit.
    ASAN_OPTIONS:
      'detect_leaks=0:abort_on_error=1:handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  },
});
