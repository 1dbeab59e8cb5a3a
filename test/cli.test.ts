// The command line, as a process of its own.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyPackage } from './copy-package';
import { environment, node, nodeMajor, scripted } from './run';

const root = join(__dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const main = join(root, manifest.bin['just-fork']);
const program = join(root, 'dist', 'test', 'fixtures', 'cli', 'program.js');

// Inside the package, so that its own name leads to it; in dist, so that git and biome do not see it.
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(root, 'dist', 'cli-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function cli(args: string[], nodeArgs: string[] = [], { program = main, env = {} } = {}) {
  const { status, signal, stdout, stderr } = spawnSync(node, [...nodeArgs, program, ...args], {
    cwd: dir,
    env: { ...environment, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { code: signal ?? status, stdout, stderr };
}

test('list, and no command at all, tell each example and what it shows', () => {
  const names = readdirSync(join(root, 'examples')).map((name) => name.replace(/\.ts$/, ''));
  const { code, stdout, stderr } = cli(['list']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(cli([]).stdout).toBe(stdout);
  expect(stdout).toMatch(/^ {2}zombie +A zombie, and its reaping\.$/m);
  const demos = JSON.parse(cli(['list', '--json']).stdout) as {
    name: string;
    summary: string;
    source: string;
    program: string;
  }[];
  const width = Math.max(...names.map((name) => name.length));
  for (const { name, summary, source, program } of demos) {
    expect(stdout).toContain(`\n  ${name.padEnd(width)}  ${summary}\n`.slice(name === names[0] ? 1 : 0));
    expect([existsSync(source), existsSync(program)]).toEqual([true, true]);
  }
  expect(demos.map(({ name }) => name)).toEqual(names.sort());
  for (const { name, summary } of demos) expect([name, summary.length > 5]).toEqual([name, true]);
});

test('run ends as the demo does, and passes its arguments on', () => {
  expect(cli(['run', 'hello']).stdout).toContain('has ended with 42\n');
  const lines = readdirSync(join(root, 'examples')).length;
  expect(cli(['run', 'pipeline', '--', join(root, 'examples')]).stdout).toMatch(new RegExp(`^ *${lines}\n`));
});

test('source prints the TypeScript, and says what lies beside it', () => {
  const text = readFileSync(join(root, 'examples', 'zombie.ts'), 'utf8');
  expect(cli(['source', 'zombie'])).toEqual({ code: 0, stdout: text, stderr: '' });
  const { stdout, stderr } = cli(['source', 'shell']);
  expect(stdout).toBe(readFileSync(join(root, 'examples', 'shell', 'main.ts'), 'utf8'));
  expect(stderr).toBe(`\nBeside it, in ${join(root, 'examples', 'shell')}: jobs.ts, parse.ts\n`);
});

test('--help and --version', () => {
  for (const flag of ['--help', '-h', 'help']) expect(cli([flag]).stdout).toMatch(/just-fork doctor/);
  expect(cli(['--version']).stdout).toBe(`${manifest.version}\n`);
});

const full = '/dev/full';
test.skipIf(!existsSync(full)).each(['list', 'help', 'doctor'])('%s to a full disk says so', (command) => {
  const stdout = openSync(full, 'w');
  const { status, stderr } = spawnSync(node, [main, command], {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'pipe'],
  });
  closeSync(stdout);
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^just-fork: ENOSPC: .*\n$/),
  });
});

test('a reader that has gone away, as head does, is no error', async () => {
  const list = spawn(node, [main, 'list'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  list.stdout.destroy();
  let said = '';
  list.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const [code] = await once(list, 'close');
  expect([code, said]).toEqual([0, '']);
});

test.skipIf(!scripted)('colour is for a terminal that has it, and for who wants it', () => {
  const onTerminal = (env: NodeJS.ProcessEnv) =>
    spawnSync('script', ['-qec', `'${node}' '${main}' list`, '/dev/null'], {
      env: { ...environment, TERM: 'xterm', NO_COLOR: '', ...env },
      encoding: 'utf8',
    }).stdout;
  expect(onTerminal({})).toContain('\x1b[1mzombie');
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    expect(onTerminal(env)).toContain('zombie');
    expect(onTerminal(env)).not.toContain('\x1b');
  }
});

test.each([
  [['tarce'], 'Unknown command: tarce. Did you mean trace?'],
  [['run', 'zomby'], 'Unknown demo: zomby. Did you mean zombie?'],
  [['source', 'nothing-like-it'], 'Unknown demo: nothing-like-it\n'],
  [['trace', 'zombi'], 'Unknown file or demo: zombi. Did you mean zombie?'],
  [['run'], 'Which demo?'],
  [['trace'], 'Which program?'],
  [['run', 'zombie', '1'], 'come after --'],
  [['list', 'zombie'], 'Too much: zombie'],
  [['--nope'], '--nope'],
  [['source', 'zombie', '--json'], '--json is for'],
  [['run', 'zombie', '-o', 'x'], '--output is for'],
  [['trace', 'zombie', '-o', ''], '--output is empty'],
  [['list', '--', 'x'], 'are for run and trace'],
])('%j is refused: %s', (args, why) => {
  const { code, stdout, stderr } = cli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(why);
});

test('doctor: fork works here', () => {
  const { code, stdout, stderr } = cli(['doctor']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/20 forks +good, [\d.]+ ms each/);
  expect(stdout).not.toContain('\x1b');
  const rows = [/platform +\w+ \w+$/, /Node +\d+\.\d+\S+ \(V8 /, /V8's mappings +\d+, \d+ MiB of addresses$/];
  for (const row of [...rows, /what fork needs +all there$/, /fork works here +yes$/]) {
    expect(stdout).toMatch(new RegExp(`^  ${row.source}`, 'm'));
  }
  const found = JSON.parse(cli(['doctor', '--json']).stdout);
  expect(found).toMatchObject({ healthy: true, advice: [], capabilities: { fork: true } });
  expect(found.selfTest).toMatchObject({ passed: true, forks: 20, error: null });
  expect(found.selfTest.median).toBeGreaterThan(0);
});

test.each([
  ['--cpu-prof', /--cpu-prof.*Run without that option/],
  ['--trace-sigint', /--trace-sigint.*Run without --trace-sigint/],
  ['--inspect=0', /the inspector is open.*Run without --inspect/],
])('doctor: fork does not work under %s, and why', (option, advice) => {
  const { code, stdout } = cli(['doctor', '--json'], [option]);
  expect(code).toBe(1);
  const found = JSON.parse(stdout);
  expect(found).toMatchObject({ healthy: false, selfTest: null, capabilities: { fork: false } });
  expect(found.advice).toEqual([expect.stringMatching(advice)]);
  const shown = cli(['doctor'], [option]);
  expect(shown.code).toBe(1);
  expect(shown.stdout).toMatch(/what fork needs +1 missing\n +fork works here +no\n\nMissing: /);
});

describe('doctor: what is the matter, and what to do', () => {
  /** A file that --require loads before the doctor, and before its test. */
  function preload(name: string, code: string): string {
    const file = join(dir, `${name}.cjs`);
    writeFileSync(file, code);
    return file;
  }
  const addon = JSON.stringify(join(root, 'build', 'Release', 'just_fork.node'));

  test.each([
    [
      'a profile',
      "const s = new (require('node:inspector').Session)(); s.connect(); s.post('Profiler.enable'); s.post('Profiler.start');",
      /Profiler\.start.*Call Profiler\.stop before the fork/,
    ],
    [
      'trace events',
      "require('node:trace_events').createTracing({ categories: ['none'] }).enable();",
      /createTracing.*Disable them before the fork/,
    ],
  ])('%s', (name, code, advice) => {
    const { code: exit, stdout } = cli(['doctor', '--json'], ['--require', preload(name, code)]);
    expect([exit, JSON.parse(stdout).advice]).toEqual([1, [expect.stringMatching(advice)]]);
  });

  test('another copy of the package', () => {
    const copy = join(dir, 'other', 'node_modules', 'just-fork');
    copyPackage(copy);
    const { code, stdout } = cli(['doctor', '--json'], ['--require', copy]);
    expect([code, JSON.parse(stdout).advice]).toEqual([
      1,
      [expect.stringMatching(/another copy of just-fork.*`npm ls just-fork` lists them/)],
    ]);
  });

  test('the thread of a module loader', () => {
    const loader = preload('loader', "require('node:module').register('data:text/javascript,');");
    const { code, stdout } = cli(['doctor', '--json'], [], {
      env: { NODE_OPTIONS: `--require ${JSON.stringify(loader)}` },
    });
    const { selfTest, advice } = JSON.parse(stdout);
    const expected = /^Missing: Workers that can be stopped: .*a module loader.*NODE_OPTIONS.*allowWorkers/;
    expect([code, selfTest, advice]).toEqual([1, null, [expect.stringMatching(expected)]]);
    expect(cli(['doctor'], ['--require', loader]).stdout).not.toContain('bug');
  });

  test.each([
    ['EAGAIN', constants.errno.EAGAIN, /ulimit -u/],
    ['ENOMEM', constants.errno.ENOMEM, /not enough memory/],
    ['ERR_FORK_BUSY', constants.errno.EBUSY, /try again later/],
    ['EPERM', constants.errno.EPERM, /This is a bug: please report it/],
  ])('fork fails with %s', (name, errno, said) => {
    // What the kernel would say, without taking its processes and its memory away from others.
    const failing = preload(name, `require(${addon}).fork = () => -${errno};`);
    const { code, stdout } = cli(['doctor', '--json'], ['--require', failing]);
    const { selfTest, advice } = JSON.parse(stdout);
    expect([code, selfTest.code, advice]).toEqual([1, name, [expect.stringMatching(said)]]);
    expect(selfTest).toMatchObject({
      passed: false,
      median: null,
      error: expect.stringMatching(/^exit code 1\n/),
    });
    const shown = cli(['doctor'], ['--require', failing]).stdout;
    expect(shown).toMatch(/ 20 forks +failed\n {4}exit code 1\n/);
    expect(shown).toMatch(/\n +fork works here +no\n\n/);
    expect(shown).toContain(advice[0]);
  });

  test.each([
    ['ERR_DLOPEN_DISABLED', 'Cannot load native addon', /forbids it: start with --allow-addons/],
    [
      'ERR_DLOPEN_FAILED',
      "libc.so.6: version `GLIBC_9.99' not found (required by x)",
      /The C library.*is older/,
    ],
    [
      'ERR_DLOPEN_FAILED',
      "libstdc++.so.6: version `GLIBCXX_9.9.9' not found (required by x)",
      /C\+\+ library.*is older/,
    ],
  ])('the addon does not load: %s, %s', (code, message, advice) => {
    const error = `Object.assign(new Error(${JSON.stringify(message)}), { code: '${code}' })`;
    const failing = preload('dlopen', `process.dlopen = () => { throw ${error}; };`);
    const found = cli(['doctor', '--json'], ['--require', failing]);
    expect([found.code, JSON.parse(found.stdout)]).toEqual([
      1,
      expect.objectContaining({ capabilities: null, advice: [expect.stringMatching(advice)] }),
    ]);
    const shown = cli(['doctor'], ['--require', failing]).stdout;
    expect(shown).toMatch(/the addon +did not load\n +fork works here +no\n\nThe addon did not load/);
    // The commands that need it say the same, in one line.
    expect(cli(['run', 'zombie'], ['--require', failing])).toEqual({
      code: 1,
      stdout: '',
      stderr: `just-fork: ${JSON.parse(found.stdout).advice[0]}\n`,
    });
  });

  test('there is no addon: run and trace, too', () => {
    const copy = join(dir, 'bare');
    copyPackage(copy);
    rmSync(join(copy, 'build'), { recursive: true });
    mkdirSync(join(copy, 'examples'));
    writeFileSync(join(copy, 'examples', 'demo.ts'), '// A demo.\n');
    const bare = { program: join(copy, manifest.bin['just-fork']) };
    const { advice } = JSON.parse(cli(['doctor', '--json'], [], bare).stdout);
    expect(advice).toEqual([expect.stringMatching(/There may be none for .*node-gyp rebuild/)]);
    for (const args of [
      ['run', 'demo'],
      ['trace', program],
    ]) {
      expect(cli(args, [], bare)).toEqual({ code: 1, stdout: '', stderr: `just-fork: ${advice[0]}\n` });
    }
    expect(cli(['list'], [], bare)).toMatchObject({ code: 0, stderr: '' });
  });

  test('--permission', () => {
    const permission = [nodeMajor < 22 ? '--experimental-permission' : '--permission', '--allow-fs-read=*'];
    const advice = (...options: string[]) =>
      JSON.parse(cli(['doctor', '--json'], [...permission, ...options]).stdout).advice;
    expect(advice()).toEqual([expect.stringContaining('start with --allow-addons, too')]);
    if (nodeMajor > 20) {
      expect(advice('--allow-addons')).toEqual([expect.stringContaining('--allow-child-process')]);
    }
  });
});

describe('trace', () => {
  const written = (name: string) => {
    const svg = readFileSync(join(dir, `${name}.svg`), 'utf8');
    const { traceEvents } = JSON.parse(readFileSync(join(dir, `${name}.trace.json`), 'utf8'));
    const lives = traceEvents.filter((event: { name: string }) => event.name === 'life');
    return { svg, ends: lives.map((life: { args: { end: string } }) => life.args.end) };
  };

  test.each([
    ['returns', 0, 'exit 0'],
    ['_exit', 4, 'exit 4'],
    ['throw', 1, 'exit 1'],
    ['SIGKILL', 137, 'SIGKILL'],
  ])('of a program that ends by %s', (how, code, end) => {
    const outcome = cli(['trace', program, '-o', how, '--', how, '--json', 'a b']);
    expect([outcome.code, outcome.stdout]).toEqual([code, '["--json","a b"]\n']);
    const { svg, ends } = written(how);
    expect(svg).toContain('2 processes');
    expect(ends).toEqual([end, 'exit 3']);
  });

  test('of a program that has a just-fork of its own', () => {
    copyPackage(join(dir, 'own', 'node_modules', 'just-fork'));
    writeFileSync(
      join(dir, 'own', 'program.cjs'),
      "const os = require('just-fork'); os.fork(() => 4); process.exitCode = os.WEXITSTATUS(os.wait()[1]);",
    );
    expect(cli(['trace', 'own/program.cjs', '-o', 'own-copy'])).toMatchObject({ code: 4 });
    expect(written('own-copy').ends).toEqual(['exit 4', 'exit 4']);
  });

  test('of an ES module, and of a demo by its name; its own child_process children are not traced', () => {
    writeFileSync(
      join(dir, 'module.mjs'),
      `import { execFileSync } from 'node:child_process';
      import { fork, waitpid } from 'just-fork';
      await 1;
      waitpid(fork(() => 3));
      execFileSync(process.execPath, [${JSON.stringify(program)}, 'returns']);`,
    );
    expect(cli(['trace', 'module.mjs']).code).toBe(0);
    expect(written('module').ends).toEqual(['exit 0', 'exit 3']);
    const hello = cli(['trace', 'hello']);
    expect(hello.stdout).toContain('has ended with 42\n');
    // Without -o, in the working folder, which the message names.
    expect(hello.stderr).toContain(join(dir, 'hello.svg'));
    expect(written('hello').ends).toEqual(['exit 0', 'exit 42']);
  });

  test('a signal that is sent to it reaches the program', async () => {
    const traced = spawn(node, [main, 'trace', program, '-o', 'signalled', '--', 'waits'], {
      cwd: dir,
      env: environment,
    });
    let said = '';
    for await (const text of traced.stdout.setEncoding('utf8')) {
      said += text;
      if (said.endsWith('ready\n')) traced.kill('SIGTERM');
    }
    const [code, signal] = traced.exitCode === null ? await once(traced, 'exit') : [traced.exitCode, null];
    expect([code, signal]).toEqual([5, null]);
    expect(written('signalled').ends).toEqual(['exit 5', 'exit 3']);
  });

  test('-o: with an ending, a folder', () => {
    mkdirSync(join(dir, 'folder'));
    for (const [output, name] of [
      ['one.svg', 'one'],
      ['two.trace.json', 'two'],
      ['folder', 'folder/program'],
      ['folder/', 'folder/program'],
      ['.', 'program'],
    ] as const) {
      const { code, stderr } = cli(['trace', program, '-o', output, '--', 'returns']);
      expect([code, stderr]).toEqual([0, expect.stringContaining(`${join(dir, name)}.svg is the picture`)]);
      expect(written(name).ends).toEqual(['exit 0', 'exit 3']);
      rmSync(join(dir, `${name}.svg`));
    }
  });

  test('that turns out not to be writable says so when the program has ended', () => {
    mkdirSync(join(dir, 'taken.svg'));
    const { code, stdout, stderr } = cli(['trace', program, '-o', 'taken', '--', 'returns']);
    expect([code, stdout]).toEqual([1, '[]\n']);
    expect(stderr).toMatch(/^just-fork: the trace cannot be written: EISDIR/);
  });

  test('that cannot be written says so before the program runs', () => {
    const { code, stdout, stderr } = cli(['trace', program, '-o', 'no/such/folder', '--', 'returns']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Nothing can be written into .*no\/such \(ENOENT\)/);
  });
});
