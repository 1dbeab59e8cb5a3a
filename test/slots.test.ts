import { test } from 'vitest';
import { pass } from './run';

test('P05 P07 start, poll, waitOne, waitAll, free and pids keep an exact table', () => pass('slots/table'));

test('start on a full table throws ERR_SLOTS_FULL and forks nothing', () => pass('slots/full'));

test('P10 the table is refused in a child, which can make its own', () => pass('slots/in-a-child'));

test('P11 a child reaped by somebody else is noticed as lost, with a warning, and its slot is freed', () =>
  pass('slots/lost'));

test('P11 stop signals all the others, and not a child reaped by somebody else', () =>
  pass('slots/lost-stop'));

test('P01 20 jobs with a limit of 1 or 3 each run once, and never more than the limit at a time', () =>
  pass('slots/limit'));

test('P02 a freed slot is refilled while another child runs on', () => pass('slots/refill'));

test('waitOne keeps no slot waiting for others', () => pass('slots/fair'));

test('P16 children that ended between two polls are all reaped by one', () => pass('slots/one-poll'));

test('P15 a killed child frees its slot and the others go on; stop signals all', () => pass('slots/stop'));

test('P12 only its own children are reaped', () => pass('slots/own-children-only'));

test('waitOne and waitAll work when no descriptor is left', () => pass('slots/without-descriptors'));

test('waitOne and waitAll as promises', () => pass('slots/async'));
