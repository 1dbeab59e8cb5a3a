// Where a child would hang at its end or inherit a lock, fork() says so instead.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { preloaded } from './preload';
import { newFolder, nodeMajor, pass } from './run';

test.each([
  ['--cpu-prof', ['--cpu-prof', `--cpu-prof-dir=${newFolder()}`]],
  ['--trace-event-categories', ['--trace-event-categories', 'none', '--trace-event-file-pattern=/dev/null']],
  ['--trace-sigint', ['--trace-sigint']],
  ['the inspector', ['--inspect=0']],
  ['frozen before just-fork was loaded', ['--import', 'data:text/javascript,Object.freeze(Math)']],
])('refused with ERR_FORK_UNSUPPORTED: %s', async (name, nodeArgs) => {
  const { stdout } = await pass('fork/refused', { nodeArgs });
  expect(stdout).toMatch(/^ERR_FORK_UNSUPPORTED /);
  expect(stdout).toContain(name);
});

/** Node's option for a configuration file with these. */
function configuration(nodeOptions: object): string {
  const file = join(newFolder(), 'node.config.json');
  writeFileSync(file, JSON.stringify({ nodeOptions }));
  return `--experimental-config-file=${file}`;
}

describe.skipIf(nodeMajor === 20)('an option that a configuration file sets', () => {
  test.each([
    { 'trace-sigint': true },
    { 'trace-event-categories': 'none', 'trace-event-file-pattern': '/dev/null' },
  ])('refused with ERR_FORK_UNSUPPORTED: %o', async (options) => {
    const { stdout } = await pass('fork/refused', { nodeArgs: [configuration(options)] });
    expect(stdout).toMatch(/^ERR_FORK_UNSUPPORTED /);
    expect(stdout).toContain(`--${Object.keys(options)[0]}`);
  });

  test('no reason to refuse: one that is not set', async () => {
    const nodeArgs = [configuration({ 'trace-sigint': false })];
    expect((await pass('fork/refused', { nodeArgs })).stdout).toBe('forked\n');
  });
});

test('refused with ERR_FORK_UNSUPPORTED: an option of a NODE_OPTIONS that the program has deleted', async () => {
  const env = { NODE_OPTIONS: '--trace-event-categories=none --trace-event-file-pattern=/dev/null' };
  const { stdout } = await pass('fork/refused', { env, args: ['clean'] });
  expect(stdout).toMatch(/^ERR_FORK_UNSUPPORTED .*--trace-event-categories/);
});

test.skipIf(nodeMajor > 20)('refused with ERR_FORK_UNSUPPORTED: io_uring in libuv 1.46', async () => {
  const { stdout } = await pass('fork/refused', { env: { UV_USE_IO_URING: '1' } });
  expect(stdout).toMatch(/^ERR_FORK_UNSUPPORTED .*UV_USE_IO_URING/);
});

test.each(['', 'false', '0'])(
  'io_uring is not in use, and no reason to refuse: UV_USE_IO_URING=%s',
  async (value) => {
    expect((await pass('fork/refused', { env: { UV_USE_IO_URING: value } })).stdout).toBe('forked\n');
  },
);

test.skipIf(process.platform !== 'linux')('nor is it where the kernel forbids it', async () => {
  const env = { UV_USE_IO_URING: '1', ...preloaded('fork/no-rings') };
  expect((await pass('fork/refused', { env })).stdout).toBe('forked\n');
});

const own = ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', '/proc'];
// AddressSanitizer reads its options there.
const asan = process.env.JUST_FORK_PRELOAD?.includes('libasan');
test.skipIf(asan || spawnSync('unshare', own).status !== 0)(
  'refused with ERR_FORK_UNSUPPORTED: no /proc',
  async () => {
    expect((await pass('fork/no-proc')).stdout).toMatch(/^ERR_FORK_UNSUPPORTED .*\/proc/);
  },
);

const below = ['--map-root-user', '--pid', '--fork', 'true'];
test.skipIf(spawnSync('unshare', below).status !== 0)(
  'refused with ERR_FORK_UNSUPPORTED: the /proc of another PID namespace',
  async () => {
    expect((await pass('fork/other-proc')).stdout).toMatch(
      /^ERR_FORK_UNSUPPORTED .*\/proc of this PID namespace/,
    );
  },
);

test.each([
  ['--jitless'],
  ['--single-threaded'],
  ['--v8-pool-size=1'],
  ['--v8-pool-size=16'],
  ['--max-old-space-size=100'],
  ['--heapsnapshot-signal=SIGUSR2'],
])('not refused: %s', async (option) => {
  expect((await pass('fork/refused', { nodeArgs: [option] })).stdout).toBe('forked\n');
});

test('refused inside a call of node:vm with a timeout, or one with breakOnSigint that the child would return to', () =>
  pass('fork/vm-timeout'));
test('refused inside evaluate() of a vm.Module with a timeout', () =>
  pass('fork/vm-timeout', { args: ['module'], nodeArgs: ['--experimental-vm-modules'] }));

test('F22 refused while a Worker runs that is older than the package', () => pass('fork/f22-older-worker'));
