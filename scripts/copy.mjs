// A copy of the project with an addon that is built in another way, since two builds cannot share a folder. What was
// built there before is kept where it is not out of date.

import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headers, run } from './build.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

/** Of the parts that are named, and what the addon is built from; returns the copy's path. */
export function buildCopy(folder, parts, gypVariable) {
  const copy = join(root, folder);
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(copy).filter((name) => name !== 'build')) {
    rmSync(join(copy, name), { recursive: true });
  }
  for (const name of ['native', 'dist', 'binding.gyp', 'package.json', ...parts]) {
    cpSync(join(root, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

  const gyp = require.resolve('node-gyp/bin/node-gyp.js');
  // To stderr: what runs in the copy may print JSON.
  for (const command of [
    ['configure', ...headers(), '--', `-D${gypVariable}`],
    ['build', '--jobs=max'],
  ]) {
    run(process.execPath, [gyp, '--loglevel=error', ...command], {
      cwd: copy,
      stdio: ['inherit', 2, 'inherit'],
    });
  }
  return copy;
}
