// npm run prebuilds: this platform's binary, as it goes into the package. Node-API makes it one for every Node version,
// so it is built against the headers of the Node that runs this.

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { headers, run } from './build.mjs';

const require = createRequire(import.meta.url);

/** The binaries that a release brings, each where src/native.ts looks for it. */
export const PREBUILDS = [
  'linux-x64/just-fork.glibc.node',
  'linux-x64/just-fork.musl.node',
  'linux-arm64/just-fork.glibc.node',
  'linux-arm64/just-fork.musl.node',
  'darwin-x64/just-fork.node',
  'darwin-arm64/just-fork.node',
];

function libc() {
  if (process.platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime === undefined ? '.musl' : '.glibc';
}

/** The one that runs here. */
export const OWN = `${process.platform}-${process.arch}/just-fork${libc()}.node`;

export function buildPrebuilds() {
  const [nodedir] = headers();
  const env = nodedir
    ? { ...process.env, npm_config_nodedir: nodedir.slice('--nodedir='.length) }
    : process.env;
  const tag = process.platform === 'linux' ? ['--tag-libc'] : [];
  const options = ['--napi', '--strip', ...tag, `--target=${process.versions.node}`];
  const gyp = `--node-gyp=${require.resolve('node-gyp/bin/node-gyp.js')}`;
  // To stderr: npm pack --json runs this, too.
  run(process.execPath, [require.resolve('prebuildify/bin.js'), ...options, gyp], {
    env,
    stdio: ['inherit', 2, 'inherit'],
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildPrebuilds();
