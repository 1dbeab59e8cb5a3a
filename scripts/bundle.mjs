// The library as one file, dist/src/index.js: it is read in a third of the time that its 139 modules took. And a fork is cheaper
// (by a fifth on Node 20): parent and child copy each page that one of them writes to, and V8 writes to what belongs to a function
// when it is called. Of functions of one module that lies together.

import { readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { buildSync } from 'esbuild';

/** What is not in that file, or is read without it. */
const APART = ['index.js', join('pool', 'index.js'), join('trace', 'chrome.js'), join('trace', 'find-at.js')];
const FOLDERS_APART = ['cli', join('trace', 'svg')];

const isApart = (file) =>
  APART.includes(file) || FOLDERS_APART.some((folder) => file.startsWith(folder + sep));

/**
 * It calls a class that names itself in its body by another name. None that is exported does so (test/package.test.ts).
 *
 * @param root where tsc has written dist/. What it has compiled, and is in the one file now, is removed.
 */
export function bundle(root) {
  const compiled = join(root, 'dist', 'src');
  buildSync({
    absWorkingDir: root,
    entryPoints: [join('src', 'index.ts')],
    outfile: join(compiled, 'index.js'),
    allowOverwrite: true,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    logOverride: { 'commonjs-variable-in-esm': 'silent' }, // the end of index.ts
  });
  for (const file of readdirSync(compiled, { recursive: true })) {
    if (file.endsWith('.js') && !isApart(file)) rmSync(join(compiled, file));
  }
}
