import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { environment, newFolder, node, nodeMajor, pass, type RunOptions, run } from './run';

/** Where options that write files (profiles, snapshots) write them. */
const directory = newFolder();

const takes = (...options: string[]) => spawnSync(node, [...options, '-e', '0']).status === 0;
/** Its name while it was experimental, in Node 20. */
const permission = takes('--permission') ? '--permission' : '--experimental-permission';

/** Children compute, collect garbage, use the thread pool, and end in every way. */
async function smoke(options: RunOptions): Promise<void> {
  const { stdout } = await pass('options/smoke', options);
  expect(stdout.endsWith('smoke: good\n')).toBe(true);
}

/** fork() says what is in the way. */
async function assertRefused(options: RunOptions, reason: string): Promise<void> {
  const { code, stderr } = await run('options/smoke', { ...options, timeout: 20_000 });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/ERR_FORK_UNSUPPORTED/),
  });
  if (reason !== '') expect(stderr).toMatch(new RegExp(`Error: .*${reason}`));
}

describe('works under', () => {
  for (const options of [
    'no option',
    `--heap-prof --heap-prof-dir=${directory}`,
    '--heapsnapshot-signal=SIGUSR2',
    '--max-old-space-size=100',
    '--jitless',
    '--single-threaded',
    '--v8-pool-size=0',
    '--v8-pool-size=1',
    '--v8-pool-size=16',
    '--expose-gc',
    '--enable-source-maps',
    '--stack-size=900',
    '--use-largepages=silent',
  ]) {
    test(options, () => smoke({ nodeArgs: options.split(' ').filter((word) => word.startsWith('--')) }));
  }
  // A copy of the project, as npm run test:asan makes one in it, has a link to its node_modules.
  const project = dirname(realpathSync(join(__dirname, '..', 'node_modules')));
  for (const [what, path] of Object.entries({ all: '*', 'the project': `${project}/` })) {
    const options = [permission, `--allow-fs-read=${path}`, '--allow-addons'];
    test.skipIf(!takes(...options))(`${permission} --allow-addons, with the right to read ${what}`, () =>
      smoke({ nodeArgs: options }),
    );
  }
  test(`${permission} --allow-worker: Workers that may run are not taken for none`, () =>
    pass('options/workers-unknown', {
      nodeArgs: [permission, '--allow-fs-read=*', '--allow-addons', '--allow-worker'],
    }));
  test('--test', async () => {
    const { stdout } = await pass('options/forking-tests', {
      nodeArgs: ['--test', '--test-reporter=tap'],
    });
    expect(stdout).toMatch(/^# pass 4$/m);
    expect(stdout).toMatch(/^# fail 0$/m);
    expect(stdout.match(/^ok /gm)).toHaveLength(4);
  });
  for (const size of ['1', '64']) {
    test(`UV_THREADPOOL_SIZE=${size}`, () => smoke({ env: { UV_THREADPOOL_SIZE: size } }));
  }
  test.skipIf(nodeMajor === 20)('UV_USE_IO_URING=1', () => smoke({ env: { UV_USE_IO_URING: '1' } }));
  test('NODE_V8_COVERAGE', () => smoke({ env: { NODE_V8_COVERAGE: join(directory, 'coverage') } }));
  test('an ES module as the program', () => {
    const file = join(__dirname, '..', 'dist', 'test', 'fixtures', 'options', 'entry.mjs');
    const { status, stderr } = spawnSync(node, [file], { env: environment, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('refused with ERR_FORK_UNSUPPORTED under', () => {
  for (const [reason, ...nodeArgs] of [
    ['--cpu-prof', '--cpu-prof', `--cpu-prof-dir=${directory}`],
    ['cpu', '--cpu_prof', `--cpu-prof-dir=${directory}`], // Node takes both spellings
    ['--prof', '--prof', `--logfile=${directory}/v8.log`],
    ['--trace-event', '--trace-event-categories=v8', `--trace-event-file-pattern=${directory}/trace`],
    ['trace', '--trace_event_categories=v8', `--trace-event-file-pattern=${directory}/trace`],
    ['--inspect', '--inspect=0'],
    ['', '--frozen-intrinsics'], // under which Node 20 prints an error without its message
  ] as [string, ...string[]][]) {
    test(`${nodeArgs[0]}`, () => assertRefused({ nodeArgs }, reason));
  }
  const profile = { env: { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${directory}` } };
  const taken = spawnSync(node, ['-e', '0'], profile).status === 0;
  test.skipIf(!taken)('NODE_OPTIONS=--cpu-prof', () => assertRefused(profile, '--cpu-prof'));
  test.skipIf(nodeMajor !== 20)('UV_USE_IO_URING=1', () =>
    assertRefused({ env: { UV_USE_IO_URING: '1' } }, 'UV_USE_IO_URING'),
  );
  test(`${permission} without --allow-addons: Node refuses to load the package`, async () => {
    const { code, stderr } = await run('options/smoke', { nodeArgs: [permission, '--allow-fs-read=*'] });
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_DLOPEN_DISABLED');
  });
});

describe('what the options do in a child', () => {
  test('NODE_V8_COVERAGE: each process writes its own', () => pass('options/coverage'));
  for (const last of ['parent', 'child']) {
    test(`--heap-prof: one file, that of the last to end (${last})`, () =>
      pass('options/heap-profile', { args: [last] }));
  }
  test('--heapsnapshot-signal: a snapshot of the child', () =>
    pass('options/heap-snapshot-signal', { nodeArgs: ['--heapsnapshot-signal=SIGUSR2'] }));
  test('--report-on-signal: a report of the child', () =>
    pass('options/report-on-signal', { nodeArgs: ['--report-on-signal'] }));
  test('--max-old-space-size: a child above it dies by SIGABRT, and its parent lives', () =>
    pass('options/heap-limit', { nodeArgs: ['--max-old-space-size=100'] }));
  test('--enable-source-maps: errors are shown at their place in the source', () =>
    pass('options/source-maps'));
});

describe('tools that are at work when fork() is called', () => {
  test('a debugger that is attached: refused, and it stays attached; once it has gone, fork() works', () =>
    pass('options/inspected'));
  test('a CPU profile', () => pass('options/profiled'));
  test('trace events', () => pass('options/traced'));
  test('none, and the child opens a debugging port of its own; SIGUSR1 opens none', () =>
    pass('options/own-port'));
});

describe('Workers', () => {
  const stops = test.skipIf(process.platform !== 'linux');
  stops('fork works from `new Worker` to its exit event', () => pass('options/workers-stopped'));
  stops('the first fork takes none of them for an older one', () => pass('options/workers-first-fork'));
  stops('one that has ended when the program was not told yet', () => pass('options/workers-ended'));
  stops('one that has only begun has ended in the child', () => pass('options/workers-begun'));
  stops('its standard streams do not keep the child alive', () => pass('options/workers-streams'));
  stops('EMFILE without a descriptor to look at threads with', () => pass('options/workers-at-limit'));
  stops('ERR_FORK_BUSY while one is in a call that does not end', () => pass('options/workers-busy'));
  test('ERR_FORK_WORKERS_RUNNING for a Worker that is older than the package', () =>
    pass('options/workers-older'));
  for (const how of ['stopped', 'at a risk']) {
    stops(`the child has none, and is well (${how})`, () =>
      pass('options/workers-in-child', { args: [how], nodeArgs: ['--expose-gc'] }),
    );
  }
  test.skipIf(nodeMajor > 24)('{ allowWorkers: true } with the thread of a module loader', () =>
    pass('options/module-loader'),
  );
  test('{ allowWorkers: true } with the Worker that esbuild keeps', () =>
    pass('options/esbuild-worker', { args: [directory] }));
  test('a Worker of a child runs, and cannot fork', () => pass('options/worker-in-child'));
});

test('the options of fork, and its time-out', () => pass('options/fork-options'));
