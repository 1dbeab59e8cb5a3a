// npm run docs: the documentation site, from the comments in src/, the README and docs/*.md, into site/.
// What has no comment, a link that leads nowhere, and any other warning is an error.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), 'docs');
// A package of its own (a workspace): TypeDoc needs an older TypeScript than the one that compiles the project.
const typedoc = join(folder, 'node_modules', 'typedoc', 'bin', 'typedoc');

export function buildDocs(args) {
  run(process.execPath, [typedoc, '--options', join(folder, 'typedoc.json'), '--logLevel', 'Warn', ...args]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildDocs([]);
  console.log('docs: open site/index.html');
}
