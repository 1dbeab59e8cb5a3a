import { test } from 'vitest';
import { pass } from './run';

test('D01 D02 D07 exit 42 is status 10752: exited with 42, and nothing else', () =>
  pass('status/d01-exit-status'));

test('D03 D07 D10 exit codes are the low eight bits, unsigned; success is 0 alone', () =>
  pass('status/d03-large-codes'));

test('D04 D05 D07 D10 each terminating signal is reported as that number, without exit code', () =>
  pass('status/d05-every-signal'));

test.skipIf(process.platform !== 'linux')(
  'D05 D06 only signals that dump core set the flag, apart from the number',
  () => pass('status/d06-core-flag'),
);

test('D08 the exit code of a stopped or continued status throws', () => pass('status/d08-stopped'));

test('D09 the decoders refuse what is no integer in range, and a missing argument', () =>
  pass('status/d09-bad-status'));
