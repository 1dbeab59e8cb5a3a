// The examples, as a user runs them.

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { environment, newFolder, node } from './run';

const example = (name: string) => join(__dirname, '..', 'dist', 'examples', name, 'main.js');

function start(name: string, ...args: string[]): ChildProcess & { output: string } {
  const program = Object.assign(
    spawn(node, [example(name), ...args], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] }),
    {
      output: '',
    },
  );
  program.stdout?.setEncoding('utf8').on('data', (data) => {
    program.output += data;
  });
  onTestFinished(() => {
    program.kill('SIGKILL'); // and with it its children
  });
  return program;
}

const ended = (program: ChildProcess) =>
  new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    program.once('close', (code, signal) => resolve([code, signal])),
  );

test('snapshot: the file shows the moment of the fork, and the parent goes on', async () => {
  const folder = newFolder();
  const file = join(folder, 'dump');
  const program = start('snapshot', file);
  expect(await ended(program)).toEqual([0, null]);
  const entries = readFileSync(file, 'utf8').trim().split('\n');
  const sum = entries.reduce((all, line) => all + JSON.parse(line)[1], 0);
  expect([entries.length, sum]).toEqual([200_000, 20_000_000]);
  const [, then, now] = /after (\d+) transfers; by now there are (\d+)/.exec(program.output) ?? [];
  expect(Number(now)).toBeGreaterThan(Number(then));
});

test('snapshot: --help is no file', async () => {
  const program = start('snapshot', '--help');
  expect(await ended(program)).toEqual([0, null]);
  expect(program.output).toContain('snapshot.ndjson if none is given');
});

test('prefork-server: children share the port, are replaced, reloaded, and end with the parent', async () => {
  const program = start('prefork-server', '0', '2');
  const end = ended(program);
  const spawned = () => [...program.output.matchAll(/^slot \d: (\d+)$/gm)].map(([, pid]) => Number(pid));
  const until = (condition: () => unknown) =>
    vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: 20_000, interval: 10 });
  await until(() => spawned().length === 2);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(program.output)?.[1]);
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      get({ port, host: '127.0.0.1', agent: false }, async (answer) =>
        resolve(Number(await text(answer))),
      ).on('error', reject);
    });
  expect(spawned()).toContain(await ask());

  const [victim] = spawned();
  process.kill(victim as number, 'SIGKILL');
  await until(() => spawned().length === 3);

  program.kill('SIGHUP');
  const answers: number[] = [];
  await until(() => {
    // A connection that a child has taken, and that has not asked for anything yet, is closed with its server.
    ask().then(
      (pid) => answers.push(pid),
      () => {},
    );
    return program.output.includes('reloaded');
  });
  const young = spawned().slice(3);
  expect(young).toHaveLength(2);
  expect(young).toContain(await ask());
  expect(answers.every((pid) => spawned().includes(pid))).toBe(true);

  program.kill('SIGTERM');
  expect(await end).toEqual([null, 'SIGTERM']);
  for (const pid of spawned()) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});
