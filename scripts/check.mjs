// npm run check: types, format and lint of TypeScript, format of C++, the documentation. `--format-native` rewrites the
// C++ instead.

import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';
import { buildDocs } from './docs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

function sources(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.(cc|h)$/.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name));
}

/** Runs the command-line program of a development dependency. */
function tool(script, args) {
  run(process.execPath, [require.resolve(script), ...args]);
}

const clangFormat = ['--style=file', ...['native', 'scripts', 'test'].flatMap(sources)];
if (process.argv.includes('--format-native')) {
  tool('clang-format/index.js', ['-i', ...clangFormat]);
} else {
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root, '--noEmit']);
  tool('@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
  tool('clang-format/index.js', ['--dry-run', '-Werror', ...clangFormat]);
  buildDocs(['--emit', 'none']);
  console.log('check: types, TypeScript format and lint, C++ format, documentation: good');
}
