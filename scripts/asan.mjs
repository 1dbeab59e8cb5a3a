// npm run test:asan: the tests, with the addon built under AddressSanitizer and UndefinedBehaviorSanitizer, in a copy of
// the project. Node itself is not instrumented: the sanitizers' library is loaded before it. Arguments go to vitest.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from './build.mjs';
import { buildCopy, root } from './copy.mjs';

const copy = buildCopy(
  '.asan',
  ['README.md', 'docs', 'scripts', 'src', 'test', 'vitest.config.mts', 'tsconfig.json'],
  'sanitize=1',
);

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
