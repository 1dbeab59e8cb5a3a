// docs/in-the-child.md says that every line of it is shown by a test: each test and each program that it names is there,
// and is run.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(__dirname, '..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const [page = ''] = text('docs/in-the-child.md').split('## Measured');

/** The last column of the tables with three, and what stands in brackets behind the sentences on Workers. */
const cells = [...page.matchAll(/^\| .+ \| .* \| (.+) \|$/gm)].map(([, cell = '']) => cell);
const workers = /^\*\*Workers\.\*\*.*?\n\n/ms.exec(page)?.[0] ?? '';
const brackets = [...workers.matchAll(/\(([a-z, -]+)\)/g)].map(([, names = '']) => names);

const named = [...cells, ...brackets]
  .flatMap((cell) => cell.split(/[,;] /))
  .filter((name) => name !== 'test');

test('the page names its tests', () => expect(named.length).toBeGreaterThan(80));

test.each([...new Set(named)])('%s', (name) => {
  const [, word, file] = /^(?:`?([\w-]+)`? in )?`(test\/.+)`$/.exec(name) ?? [];
  if (file !== undefined) {
    expect(text(file)).toMatch(new RegExp(`\\b${word ?? ''}\\b`));
    return;
  }
  const folder = ['child', 'options'].find((folder) =>
    existsSync(join(root, 'test', 'fixtures', folder, `${name}.ts`)),
  );
  expect(folder, 'a program in test/fixtures').toBeDefined();
  // As pass() or scenario() is given it, or as a key of the list of APIs.
  const run = new RegExp(`'(${folder}/)?${name}'|^  ${name}: `, 'm');
  expect(text(folder === 'child' ? 'test/child-apis.test.ts' : 'test/options.test.ts')).toMatch(run);
});
