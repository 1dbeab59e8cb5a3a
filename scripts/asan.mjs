// npm run test:asan: the tests, with the addon built under AddressSanitizer and UndefinedBehaviorSanitizer, in a copy of
// the project. Node itself is not instrumented: the sanitizers' library is loaded before it. Arguments go to vitest.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './build.mjs';
import { buildCopy, root } from './copy.mjs';

const copy = buildCopy(
  '.asan',
  ['README.md', 'docs', 'examples', 'scripts', 'src', 'test', 'vitest.config.mts', 'tsconfig.json'],
  'sanitize=1',
);

// ps hangs with the library, in textdomain(), before it has done anything: it is started without.
const folder = join(copy, 'bin');
mkdirSync(folder);
const ps = spawnSync('sh', ['-c', 'command -v ps'], { encoding: 'utf8' }).stdout.trim();
writeFileSync(join(folder, 'ps'), `#!/bin/sh\nunset LD_PRELOAD\nexec ${ps} "$@"\n`, { mode: 0o755 });

const library = (name) => {
  const { stdout } = spawnSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' });
  return stdout.trim();
};
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
run(process.execPath, [vitest, 'run', ...process.argv.slice(2)], {
  cwd: copy,
  env: {
    ...process.env,
    PATH: [folder, process.env.PATH].join(delimiter),
    // For the scenarios alone (test/run.ts), so that only what loads the addon is preloaded.
    JUST_FORK_PRELOAD: `${library('libasan.so')}:${library('libubsan.so')}`,
    // Leaks: V8 and Node keep much until the end on purpose, and a forked child ends by _exit. Memory that is not to be had
    // is no error: Node says so itself.
    ASAN_OPTIONS:
      'detect_leaks=0:allocator_may_return_null=1:abort_on_error=1:handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
  },
});
