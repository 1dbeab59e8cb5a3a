// The example programs do what they say.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { quoted } from './fixtures/quoted';
import { environment, has, newFolder, node, pass, scripted } from './run';

const linux = process.platform === 'linux';

const output = (name: string, ...args: string[]) => outputFrom('', name, ...args);

function outputFrom(input: string | Buffer, name: string, ...args: string[]): string {
  const { status, stdout, stderr } = outcomeOf(input, name, ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function outcomeOf(input: string | Buffer, name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(node, [program(name), ...args], {
    env: environment,
    input,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}

const program = (name: string) => join(__dirname, '..', 'dist', 'examples', `${name}.js`);

const examples = join(__dirname, '..', 'examples');
const demos = readdirSync(examples, { withFileTypes: true }).map((entry) =>
  entry.isDirectory() ? join(entry.name, 'main.ts') : entry.name,
);

test.each(demos)(
  '%s says in its first line what it shows, has the calls in three languages, and a point',
  (name) => {
    const header =
      /^\/\/ \S.*\n\/\/\n\/\/ {3}here.* +in C +in Python\n(?:\/\/ {3}.*\n){3,}\/\/\n\/\/ Notice /;
    expect(readFileSync(join(examples, name), 'utf8')).toMatch(header);
  },
);

test.runIf(has('ps'))('zombie: it is one until it is reaped', () => {
  expect(output('zombie')).toMatch(
    /^ended, and not reaped: Z.*\nkilled, to no effect: {2}Z.*\nreaped: it had ended with 7\nand is gone: ESRCH: .*, kill\n$/,
  );
});

test('orphan: it is adopted, and its adopter reaps it', () => {
  const said = output('orphan');
  const parent = /^parent (\d+)$/m.exec(said)?.[1];
  const [before, after] = [...said.matchAll(/^grandchild (\d+), child of (\d+)$/gm)];
  const child = /^reaped the child (\d+): 4$/m.exec(said)?.[1];
  expect(before?.[2]).toBe(child);
  expect(after?.[1]).toBe(before?.[1]);
  if (linux) {
    expect(after?.[2]).toBe(parent);
    expect(said).toMatch(new RegExp(`^reaped the orphan ${after?.[1]}: 5$`, 'm'));
  }
});

test('hello: two processes, and two values of one call', () => {
  const said = output('hello');
  const parent = /^one process: (\d+)$/m.exec(said)?.[1];
  const child = new RegExp(`^fork returned (\\d+): I am ${parent}, its parent$`, 'm').exec(said)?.[1];
  expect(said).toMatch(new RegExp(`^fork returned 0: I am ${child}, the child of ${parent}$`, 'm'));
  expect(said).toMatch(new RegExp(`\none process again: ${child} has ended with 42\n$`));
  expect(said.split('\n')).toHaveLength(5);
});

test('pending: three times raised, once delivered', () => {
  expect(output('pending')).toBe(
    'blocked, and raised three times: pending [SIGUSR2]\nunblocked [SIGUSR2]: pending []\nthe listener ran: 1\n',
  );
});

test('tree: eight processes, each below the one that forked it', () => {
  const said = output('tree');
  const forks = /^([ │]*)[├└]── fork (\d): \d+$/gm;
  expect([...said.matchAll(forks)].map(([, indent = '', fork]) => `${indent.length / 4}:${fork}`)).toEqual([
    '0:1',
    '1:2',
    '2:3',
    '1:3',
    '0:2',
    '1:3',
    '0:3',
  ]);
  expect(new Set(said.match(/\d{2,}/g)).size).toBe(8);
  expect(said).toMatch(/^\d+\n/);
  expect(said).toMatch(/\n8 processes\n$/);
});

test('copy-on-write: what the child writes to is copied, and the parent does not see it', () => {
  const said = output('copy-on-write');
  expect(said).toMatch(/^child reads 'c'\nparent reads 'p'\n$/m);
  if (!linux) return;
  const sizes = [...said.matchAll(/^(?:parent|child), .*: +RSS (\d+) MiB, PSS (\d+) MiB$/gm)];
  const [alone, shared, written] = sizes.map(([, rss, pss]) => ({ rss: Number(rss), pss: Number(pss) }));
  expect(alone?.pss).toBeGreaterThan(128);
  expect(shared?.rss).toBeGreaterThan(128);
  expect(shared?.pss).toBeLessThan(100);
  expect(written?.pss).toBeGreaterThan(128);
});

test('lost-sigchld: one signal for three ends, and the loop that finds the others', () => {
  expect(output('lost-sigchld')).toBe(
    'ended: 3 children; pending: [SIGCHLD]\ntaken: SIGCHLD; pending: []\nreaped for it: 1\n' +
      'and by a loop: 2, until ECHILD\n',
  );
});

test('pipe-eof: no end while a copy of the write end is open', () => {
  expect(output('pipe-eof')).toBe(
    "the child has written and ended: 'a word'\nand all of it was read: EAGAIN, no end\n" +
      'the parent has closed its copy: the end\n',
  );
});

test('race: pause misses the signal, sigsuspend does not', () => {
  expect(output('race')).toBe(
    'came before pause: SIGUSR2\nhas ended pause: SIGALRM\n' +
      'came before sigsuspend, and pends: SIGUSR2\nhas ended sigsuspend: SIGUSR2\n',
  );
});

/** What it says on stderr, and how it ends, if its reader has gone away before the first line. */
async function withoutReader(name: string, ...args: string[]) {
  const demo = spawn(node, [program(name), ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = once(demo, 'close');
  demo.stdout.destroy();
  return [await text(demo.stderr), ...(await end)];
}

test.each(['eintr', 'pending', 'race'])('%s: a reader that has gone away is no failure', async (name) =>
  expect(await withoutReader(name)).toEqual(['', 0, null]),
);

test('eintr: read and waitpid go on under signals', () => {
  expect(output('eintr')).toMatch(
    /^read went on to its end: 'a word'\nso did waitpid: true\nmeanwhile: [1-9]\d* SIGALRM, [12] SIGCHLD\n$/,
  );
});

test('semaphore: every number passes once', () => {
  expect(output('semaphore')).toBe(
    '100 numbers through 4 places: their sum is 5050\nat the end 4 places are free, 0 filled\n',
  );
});

test('random: the copied generator repeats itself, Math.random does not', () => {
  const drawn = [...output('random').matchAll(/^(.*): +own (0\.\d+), Math\.random (0\.\d+)$/gm)];
  expect(drawn.map(([, who]) => who)).toEqual(['parent', 'child 1', 'child 2', 'child 3']);
  expect(new Set(drawn.slice(1).map(([, , own]) => own)).size).toBe(1);
  expect(new Set(drawn.map(([, , , good]) => good)).size).toBe(4);
});

test('daemon: another parent, a session that nobody leads', () => {
  const [, caller, pid, parent, session] =
    /^(\d+) has called daemon\(\), and has ended with 0\nthe daemon: pid (\d+), parent (\d+), session (\d+), in \/\n$/.exec(
      output('daemon'),
    ) ?? [];
  expect(new Set([caller, pid, parent, session]).size).toBe(4);
});

test('supervisor: what fails starts again, until the restarts are used up', () => {
  const lines = output('supervisor').trimEnd().split('\n').sort();
  expect(lines.filter((line) => line.startsWith('good'))).toEqual(['good ended with 0']);
  expect(lines.filter((line) => line.endsWith(', and starts again'))).toHaveLength(4);
  expect(lines).toContain('bad ended with 1');
  expect(lines).toContain('worse ended by SIGKILL');
  expect(lines).toHaveLength(7);
});

test('slots: twelve jobs in four slots find a minimum', () => {
  const said = output('slots');
  const ends = [...said.matchAll(/^slot (\d): (\d+) ended with 0$/gm)];
  expect(new Set(ends.map(([, slot]) => slot))).toEqual(new Set(['0', '1', '2', '3']));
  expect(new Set(ends.map(([, , pid]) => pid)).size).toBe(12);
  expect(Number(/^lowest: (\d\.\d{4}) at -?\d\.\d\d, -?\d\.\d\d$/m.exec(said)?.[1])).toBeLessThan(0.1);
});

test('pipeline: what ls writes, wc counts', () => {
  const lines = spawnSync('ls', [__dirname], { encoding: 'utf8' }).stdout.split('\n').length - 1;
  expect(output('pipeline', __dirname)).toMatch(new RegExp(`^ *${lines}\nls ended with 0, wc with 0\n$`));
});

test.runIf(scripted)('shell: pipelines, redirections, jobs, fg, bg, Ctrl-C and Ctrl-Z on a terminal', () =>
  pass('examples/shell'),
);

test('shell: commands from a pipe, without a prompt and without a terminal', () => {
  const commands = ['echo one', 'echo two | cat', 'cd /', 'pwd', 'sh -c "kill -9 $$"', 'echo three'];
  expect(outputFrom(`${commands.join('\n')}\n`, 'shell/main')).toBe('one\ntwo\n/\nthree\n');
});

const shell = (...lines: string[]) => outcomeOf(lines.join('\n'), 'shell/main');

test('shell: quotes are no part of a word or of the name of a file', () => {
  const folder = newFolder();
  const { stdout, stderr } = shell(
    `cd ${folder}`,
    'echo a"b  c"d \'">"\' "" > "my file"',
    "echo next >> 'my file'",
    'cat < "my file"',
    '> empty',
    'echo two > one > two',
    'ls',
  );
  expect({ stdout, stderr }).toEqual({ stdout: 'ab  cd ">" \nnext\nempty\nmy file\none\ntwo\n', stderr: '' });
  expect(readFileSync(join(folder, 'two'), 'utf8')).toBe('two\n');
});

test.each([
  ['echo b >', 'unexpected end of line'],
  ['echo b > | cat', "unexpected '|'"],
  ['echo a |', 'unexpected end of line'],
  ['| cat', "unexpected '|'"],
  ['echo a | | cat', "unexpected '|'"],
  ['&', "unexpected '&'"],
  ['sleep 1 & echo b', "unexpected 'echo'"],
  ['echo "a b', 'nothing closes the "'],
])('shell: %s', (line, why) => {
  expect(shell(line)).toEqual({ status: 2, stdout: '', stderr: `syntax error: ${why}\n` });
  // And goes on.
  expect(shell(line, 'echo next')).toMatchObject({ status: 0, stdout: 'next\n' });
});

test.each([
  ['cat < /nope', 1, '/nope: no such file or directory\n'],
  ['echo a > /nope/a', 1, '/nope/a: no such file or directory\n'],
  ['cd /nope', 1, 'cd: /nope: no such file or directory\n'],
  ['fg', 1, 'no such job\n'],
  ['no-such-program', 127, 'no-such-program: command not found\n'],
  ['/', 126, '/: permission denied\n'],
  ['false | sh -c "exit 3"', 3, ''],
  ['sh -c "kill -9 $$"', 137, ''],
  ['sh -c "exit 3"\n\nexit', 3, ''],
  ['exit 5x', 1, 'exit: 5x: not a number\n'],
])('shell: %s ends with %i', (line, status, stderr) => {
  expect(shell(line)).toEqual({ status, stdout: '', stderr });
});

test('shell: a last line without its end, and characters over the end of a read', () => {
  expect(shell('echo one', 'echo two')).toMatchObject({ status: 0, stdout: 'one\ntwo\n' });
  const long = 'ä'.repeat(40_000); // 80,000 bytes: one of the reads of 64 KiB ends within a letter
  expect(shell(`echo ${long}`).stdout).toBe(`${long}\n`);
  expect(shell(` echo ${long}`).stdout).toBe(`${long}\n`);
});

/** Milliseconds for what computes ten times as long as any other test: it must print in two turns of its loop, of 5 and 6 generations. */
const computes = 600_000;

test('hudson-bay: without a reader it draws its picture all the same', { timeout: computes }, async () => {
  const file = join(newFolder(), 'x.svg');
  const end = await withoutReader('hudson-bay/main', '--generations', '6', '--svg', file);
  expect([...end, existsSync(file)]).toEqual(['', 0, null, true]);
});

test('hudson-bay: a folder that is not there', () => {
  expect(outcomeOf('', 'hudson-bay/main', '--svg', '/nope/x.svg')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'error: --svg /nope/x.svg: nothing can be written to the directory "/nope".\n',
  });
});

test.runIf(scripted)('hudson-bay: on a narrow terminal its progress is in one line', () => {
  const folder = newFolder();
  const options = ['--serial', '--generations', '3', '--svg', join(folder, 'x.svg')];
  const command = `stty cols 20; ${quoted(node, program('hudson-bay/main'), ...options)}`;
  const { stdout } = spawnSync('script', ['-qefc', command, '/dev/null'], {
    env: environment,
    encoding: 'utf8',
  });
  const [progress = ''] = stdout.split('\n');
  const drawn = progress
    .replaceAll('\x1b[K', '')
    .split('\r')
    .filter((line) => line !== '');
  expect(drawn).toEqual(Array(3).fill('one process  ######'));
});
