import { test } from 'vitest';
import { pass } from './run';

const fixture = (name: string, ...args: string[]) => pass(`runtime/${name}`, { args });

test('R07 a listener installed before runs in the child that is signalled, and not in the parent', () =>
  fixture('r07-signal-to-child'));
test('R07 SIGINT ends a child that was forked inside a call of node:vm with breakOnSigint, and in the REPL', () =>
  fixture('r07-vm-sigint'));
test('R08 a signal to a child that does not run its loop surfaces nowhere in the parent', () =>
  fixture('r08-signal-to-blocked-child'));
test("R15 a signal caught just before the fork is the parent's alone, and the child does not spin", () =>
  fixture('r15-signal-caught'));
test.each(['once', 'twice'])(
  'R15 of two signals that were caught, the listener of the first forks (%s)',
  (times) => fixture('r15-signals-caught', times),
);
test('R30 R32 a signal without a listener ends the child as that signal', () => fixture('r30-killed'));
test('R31 a child whose SIGTERM listener does not exit lives until its own end', () =>
  fixture('r31-survives-sigterm'));
test('R32 a SIGINT listener that throws ends the child with exit code 1', () =>
  fixture('r32-listener-throws'));
test('R35 a SIGCHLD listener hears of its own children, in parent and child', () => fixture('r35-sigchld'));
