// The package as its users get it: by require and by import, with types.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyPackage } from './copy-package';
import { environment, node, pass } from './run';

const root = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
// Inside the package, so that its own name leads to it; in dist, so that git and biome do not see it.
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(root, 'dist', 'package-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function runProgram(name: string, source: string) {
  writeFileSync(join(dir, name), source);
  const { status, signal, stdout, stderr } = spawnSync(node, [join(dir, name)], {
    env: environment,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  return stdout;
}

test('import and require give the same functions, by name and as a namespace', () => {
  runProgram(
    'both.mjs',
    `import assert from 'node:assert/strict';
    import { createRequire } from 'node:module';
    import * as os from 'just-fork';
    import theDefault, { fork, kill, Slots, waitpid, WIFEXITED, WNOHANG } from 'just-fork';

    const required = createRequire(import.meta.url)('just-fork');
    const names = Object.keys(required);
    assert(names.length > 25, String(names));
    for (const name of names) {
      assert.notEqual(required[name], undefined, name);
      assert.equal(os[name], required[name], name);
      if (typeof os[name] === 'function') assert.equal(os[name].name, name); // as a bundler could change it
    }
    assert.deepEqual({ fork, kill, Slots, waitpid, WIFEXITED, WNOHANG }, {
      fork: required.fork, kill: required.kill, Slots: required.Slots, waitpid: required.waitpid,
      WIFEXITED: required.WIFEXITED, WNOHANG: required.WNOHANG,
    });
    assert.equal(theDefault, required);
    assert.equal(WNOHANG, 1);`,
  );
});

test('F01 F05 a fork from an ES module: both go on behind it, and an imported pid is the child’s', () => {
  const stdout = runProgram(
    'fork.mjs',
    `import assert from 'node:assert/strict';
    import process, { pid as imported } from 'node:process';
    import { setTimeout } from 'node:timers/promises';
    import * as os from 'just-fork';

    const before = imported;
    const pid = os.fork();
    assert.deepEqual([process.pid, imported], [os.getpid(), os.getpid()]);
    await setTimeout(1);
    if (pid === 0) {
      assert.equal(os.getppid(), before);
      console.log('child');
    } else {
      assert.deepEqual(os.waitpid(pid), [pid, 0]);
      console.log('parent');
    }`,
  );
  expect(stdout).toBe('child\nparent\n');
});

test('F01 a fork from a CommonJS module that requires the package', () => {
  const stdout = runProgram(
    'fork.cjs',
    `const os = require('just-fork');
    const pid = os.fork();
    if (pid > 0) os.waitpid(pid);
    console.log(pid === 0 ? 'child' : 'parent');`,
  );
  expect(stdout).toBe('child\nparent\n');
});

// A bundler copies the code and not the addon, and compiling one in node_modules would not help: the bundle does not look there.
test('in a bundle: the error says what is to be done there', () => {
  const bundle = join(dir, 'bundle', 'out', 'just-fork');
  copyPackage(bundle);
  for (const part of ['package.json', 'build']) rmSync(join(bundle, part), { recursive: true });
  const { stderr } = spawnSync(node, [join(bundle, 'dist', 'src', 'index.js')], {
    env: environment,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toContain('Could not locate the bindings file');
  expect(stderr).toContain('keep just-fork external');
  expect(stderr).not.toContain('node-gyp');
});

test('on Windows it loads, and each call throws ENOSYS', () => pass('windows/calls'));

test.skipIf(process.platform !== 'linux')('the addon asks for no newer C library than Node does', () => {
  const addon = readFileSync(join(root, 'build', 'Release', 'just_fork.node'), 'latin1');
  const highest = (library: string) =>
    Math.max(
      ...[...addon.matchAll(new RegExp(`\\0${library}(\\d+)`, 'g'))].map(([, minor]) => Number(minor)),
    );
  expect(highest('GLIBC_2\\.')).toBeLessThanOrEqual(28);
  expect(highest('GLIBCXX_3\\.4\\.')).toBeLessThanOrEqual(21);
});

test('the main file and the types that package.json names are there', () => {
  expect(existsSync(join(root, manifest.main))).toBe(true);
  expect(existsSync(join(root, manifest.types))).toBe(true);
  expect(manifest.exports['.'].types).toBe(manifest.types);
  expect(manifest.exports['.'].default).toBe(manifest.main);
});

test('the types serve import and require, and refuse what the calls refuse', () => {
  const program = (head: string) => `${head}
    const pid: number = os.fork(() => 3);
    const [reaped, status]: os.WaitResult = os.waitpid(pid, os.WNOHANG | os.WUNTRACED);
    const end: os.DecodedStatus = os.decodeStatus(status);
    const code: number | null = end.exitCode;
    const signal: NodeJS.Signals | null = end.signal;
    const child: Promise<os.Child> = os.forkChild(async () => {}, { killSignal: 'SIGKILL' });
    const blob = new Blob([os.read(0)]); // no memory that others could share
    const exits: os.Exit[] = new os.Slots(4).poll();
    os.kill(pid, 'SIGTERM');
    os.kill(pid, 15 satisfies os.Signal);
    os.kill(pid, 'SIGRTMIN');
    os.sigprocmask(os.SIG_BLOCK, ['SIGUSR1', 'SIGRTMIN+3']);
    os.waitpidAsync(pid, { signal: new AbortController().signal }).then(([pid]) => pid);
    // @ts-expect-error no such signal
    os.kill(pid, 'SIGNOPE');
    // @ts-expect-error by a number only
    os.kill(pid, 'SIGRTMIN+first');
    // @ts-expect-error no pid
    os.waitpid('1');
    // @ts-expect-error asynchronous: that is forkChild's
    os.fork(async () => {});
    export { blob, child, code, exits, reaped, signal };
    os._exit();
    os.fork(); // @ts-ignore: code that is never reached`;
  writeFileSync(join(dir, 'types.mts'), program("import * as os from 'just-fork';"));
  writeFileSync(join(dir, 'types.cts'), program("import os = require('just-fork');"));
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'node16',
      target: 'es2022',
      types: [], // Node's come with the package's
      allowUnreachableCode: true,
    },
    include: ['types.*'],
  };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', dir], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});
