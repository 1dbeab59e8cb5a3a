// docs/how-it-works.md, and the switches of npm run steps, which only its own build has.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STEPS } from '../scripts/steps/steps';
import { pass } from './run';

const root = join(__dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const names = STEPS.map(({ name }) => name);

test('docs/how-it-works.md has a chapter for each step, in order, and its row in each table', () => {
  const page = read('docs/how-it-works.md');
  const chapters = [...page.matchAll(/^### `(.*?)`$/gm)].map(([, name]) => name);
  expect(chapters).toEqual(names);
  const rows = [...page.matchAll(/^\| `(.*?)` \|/gm)].map(([, name]) => name);
  expect(rows).toEqual(names);
});

test('the order is that of the gateway', () => {
  const gateway = read('native/runtime/gateway.cc');
  const places = STEPS.filter(({ file }) => file.endsWith('gateway.cc')).map(({ call }) =>
    gateway.indexOf(call),
  );
  expect(Math.min(...places)).toBeGreaterThan(0);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test.each(STEPS.map(({ name, file, call }) => [name, file, call]))('%s is taken in %s', (_, file, call) => {
  expect(read(file as string)).toContain(call);
});

test.each(['fork/f01-two-returns', 'fork/f05-process-pid', 'runtime/r22-math-random'])(
  'the ordinary build takes every step, also with JUST_FORK_WITHOUT: %s',
  (name) => pass(name, { env: { JUST_FORK_WITHOUT: names.join() } }),
);

test('the ordinary build does not know JUST_FORK_WITHOUT', () => {
  const addon = readFileSync(join(root, 'build', 'Release', 'just_fork.node'));
  expect(addon.includes('missing')).toBe(true);
  expect(addon.includes('JUST_FORK_WITHOUT')).toBe(false);
});
