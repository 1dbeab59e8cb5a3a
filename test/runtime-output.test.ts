import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quoted } from './fixtures/quoted';
import { environment, node, pass, scripted } from './run';

// After process.exit Node drops what a pipe had no room for, forked or not.
test('F23 R33 1 MB from a child reaches a slow reader of the pipe, what came before it once', () =>
  pass('runtime/r33-slow-reader', { args: ['natural end'] }));
for (const way of ['fork(body)', 'forkChild', 'slots', 'keep', 'run']) {
  for (const pipe of ['empty', 'full']) {
    test(`F23 R33 the same, from the child of ${way}, which ends with its body (the pipe is ${pipe} at the fork)`, () =>
      pass('runtime/r33-slow-reader', { args: [way, pipe] }));
  }
}
for (const pipe of ['empty', 'full']) {
  test(`F23 R33 the same of its stderr (the pipe is ${pipe} at the fork)`, () =>
    pass('runtime/r33-slow-reader', { args: ['fork(body)', pipe, 'stderr'] }));
}
test('F23 R33 the same, where the package is loaded for each file of tests, as in Jest', () =>
  pass('runtime/r33-loaded-twice'));
for (const way of ['process.exit', 'natural end']) {
  test(`F23 R33 1 MB from a child is in the file, what came before it once (${way})`, () =>
    pass('runtime/r33-file', { args: [way] }));
}
test('F23 a child writes to a pipe of its own at once, though the parent’s was full at the fork', () =>
  pass('runtime/f23-captured'));
test('F23 output that the pipe had no room for at the fork comes out once', () =>
  pass('runtime/f23-pending-output'));

test.runIf(scripted)("F23 R33 on a terminal: output once, and the parent's raw mode stays", () => {
  const program = join(__dirname, '..', 'dist', 'test', 'fixtures', 'runtime', 'r33-terminal.js');
  const { status, stdout } = spawnSync('script', ['-qec', quoted(node, program), '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment,
    encoding: 'utf8',
  });
  expect({ status, stdout: stdout.replaceAll('\r', '') }).toEqual({
    status: 0,
    stdout: 'before\nchild\nparent\n',
  });
});
