import { test } from 'vitest';
import { pass } from './run';

test('G01 G02 G03 G06 G07 G08 G09 process groups and sessions, and the signals that reach them', () =>
  pass('groups/g01-groups'));

test('G14 daemon: a new pid and session, "/" and /dev/null, open files kept, listeners run once', () =>
  pass('groups/g14-daemon'));

test('G15 G16 priorities and resource limits', () => pass('groups/g15-limits'));
