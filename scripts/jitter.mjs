// npm run test:jitter: the tests, with the threads of their programs held back at random (jitter.cc; Linux). Arguments go
// to vitest; JITTER_EVERY=50 in the environment holds back twice as often. JUST_FORK_NODE is the Node that runs them.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'just-fork-jitter-'));
process.on('exit', () => rmSync(folder, { recursive: true })); // run() may end this process
const library = join(folder, 'jitter.so');
const source = join(root, 'scripts', 'jitter.cc');
run('g++', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-o', library, source, '-ldl']);
run(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)], {
  env: { ...process.env, JUST_FORK_PRELOAD: library },
});
