// Builds what is missing or older than its sources: the addon with node-gyp, the TypeScript with tsc and esbuild.
// npm start and npm test call this, so that a fresh checkout needs no step of its own.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

export function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { stdio: 'inherit', cwd: root, ...options });
  if (error) throw error;
  if (status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed (${signal ?? `exit code ${status}`})`);
    process.exit(status ?? 1);
  }
}

/** The headers of the Node that runs this, if its installation has them; else node-gyp downloads them. */
export function headers() {
  const prefix = resolve(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function buildNative() {
  const addon = join(root, 'build', 'Release', 'just_fork.node');
  const sources = Math.max(newest(join(root, 'native')), newest(join(root, 'binding.gyp')));
  if (existsSync(addon) && newest(addon) >= sources) return;
  console.log('Building the addon (once; a minute or so) ...');
  const gyp = require.resolve('node-gyp/bin/node-gyp.js');
  run(process.execPath, [gyp, 'rebuild', '--loglevel=error', '--jobs=max', ...headers()]);
}

export function buildTypeScript() {
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
  bundle(root);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.platform !== 'win32') buildNative();
  buildTypeScript();
}
