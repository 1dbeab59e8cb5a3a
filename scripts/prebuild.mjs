// npm run prebuild: this platform's binary, as it goes into the package. Node-API makes it one for every Node version,
// so it is built against the headers of the Node that runs this.

import { createRequire } from 'node:module';
import { headers, run } from './build.mjs';

const require = createRequire(import.meta.url);

const [nodedir] = headers();
const env = nodedir
  ? { ...process.env, npm_config_nodedir: nodedir.slice('--nodedir='.length) }
  : process.env;
const options = ['--napi', '--strip', '--tag-libc', `--target=${process.versions.node}`];
const gyp = `--node-gyp=${require.resolve('node-gyp/bin/node-gyp.js')}`;
run(process.execPath, [require.resolve('prebuildify/bin.js'), ...options, gyp], { env });
