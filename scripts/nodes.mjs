// The Node versions that just-fork supports, from npm: each package brings one binary. Prints their paths, a line each.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const SUPPORTED = ['20', '22', '24', 'latest'];

if (process.platform !== 'linux') {
  console.error(`scripts/nodes.mjs knows where to get Node for Linux only, and this is ${process.platform}`);
  process.exit(1);
}
for (const version of SUPPORTED) {
  const folder = join(root, '.nodes', version);
  const name = `node-linux-${process.arch}`;
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const install = [
      'install',
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      `${name}@${version}`,
    ];
    run('npm', install, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  console.log(binary);
}
