// The same small program in TypeScript and in Python, which prints the same JSON: what Python's os does is what its users
// expect of ours.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment, pass } from './run';

const programs = join(__dirname, 'fixtures', 'differential');
const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
const missing = python.status === 0 ? '' : ' (skipped: there is no python3)';

function inPython(name: string): unknown {
  const { status, stdout, stderr } = spawnSync('python3', ['-B', join(programs, `${name}.py`)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    timeout: 60_000,
    env: { ...process.env, PATH: environment.PATH },
    // The other one is started so, too: it leads a process group and a session.
    ...({ detached: true } as object),
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout);
}

test.skipIf(missing).each([
  ['D01 D02 D04 D06 D07 D08 all 65,536 statuses through all macros', 'statuses'],
  ['W01 to W24 wait, waitpid, wait3, wait4, waitid: statuses, fields, errors', 'wait'],
  ['G01 to G13 groups, sessions, kill, killpg: values and errors', 'groups'],
  ['X21 to X26 pipe, pipe2, dup, dup2, flags of descriptors: values and errors', 'descriptors'],
  ['X04 X08 X09 X10 X11 exec: statuses and errors', 'exec'],
  ['S02 S04 S06 S07 S09 S12 signal masks, pending signals, sigwait', 'signals'],
  ['G15 G16 priorities, limits, times, usage: values, errors, shapes', 'limits'],
])(`as in Python: %s${missing}`, async (_, name) => {
  const { stdout } = await pass(`differential/${name}`);
  expect(JSON.parse(stdout)).toEqual(inPython(name));
});
