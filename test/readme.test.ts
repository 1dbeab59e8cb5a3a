// Every program in the README and in docs/ runs as it stands there. A block of text right after it is what it prints. Those
// that are marked as TypeScript are that, in its strict mode, and JavaScript as well.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pass } from './run';

const root = join(__dirname, '..');
const folder = join(root, 'dist', 'test', 'fixtures', 'readme');
mkdirSync(folder, { recursive: true });

interface Program {
  name: string;
  language: 'ts' | 'js';
  code: string;
  prints: string | undefined;
}

function programsOf(page: string): Program[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(
    /^```(ts|js)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms,
  );
  return [...blocks].map(([, language, code = '', prints], i) => ({
    name: `${page} program ${i + 1}`,
    language: language as Program['language'],
    code,
    prints,
  }));
}

const fileName = (name: string) => name.replace(/\W+/g, '-').toLowerCase();

/** A module, for its imports and its top-level await; started through a file that import()s it. */
function runProgram({ name, code }: Pick<Program, 'name' | 'code'>) {
  const file = fileName(name);
  writeFileSync(join(folder, `${file}.mjs`), code);
  writeFileSync(join(folder, `${file}.js`), `import('./${file}.mjs');\n`);
  return pass(`readme/${file}`, { cwd: folder });
}

const readme = programsOf('README.md');

test('the README has its two programs', () => expect(readme).toHaveLength(2));

test.each(readme.map((program) => [program.name, program] as const))('%s', async (_, program) => {
  const { stdout, stderr } = await runProgram(program);
  if (program.code.includes('My child')) {
    expect(stdout).toMatch(/I am the child, \d+; my parent is \d+\n/);
    expect(stdout).toMatch(/My child \d+ has ended with 42\n/);
  }
  expect(stderr).toBe('');
});

const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const programs = pages.flatMap((page) => programsOf(join('docs', page)));

test.each(programs.map((program) => [program.name, program] as const))('%s', async (_, program) => {
  const { stdout, stderr } = await runProgram(program);
  if (program.prints !== undefined) expect(stdout).toBe(program.prints);
  expect(stderr).toBe('');
});

test('what is marked as TypeScript compiles in strict mode', () => {
  const typed = join(folder, 'typed');
  mkdirSync(typed, { recursive: true });
  const files = [...readme, ...programs].flatMap(({ name, language, code }) => {
    if (language !== 'ts') return [];
    writeFileSync(join(typed, `${fileName(name)}.mts`), code);
    return `${fileName(name)}.mts`;
  });
  const compilerOptions = {
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    module: 'node16',
    target: 'es2022',
    types: ['node'],
  };
  writeFileSync(join(typed, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', typed], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

/** What the examples of docstrings take for granted. */
const BEFORE = `
  import { setTimeout } from 'node:timers/promises';
  import * as os from 'just-fork';
  const { fork, ForkPool, SharedBarrier, SharedMutex, SharedSemaphore, sharedMemory, Slots } = os;
  const work = [1, 2, 3], population = [1, 2, 3];
  const crunch = (n) => n, compute = (n) => n, evaluate = (n) => n * n;
  let forks = 0;
  os.onFork({ parent: () => forks++ });
`;
const AFTER = 'const bad = os.waitall().filter(([, status]) => status !== 0);';
/** And what is so when all children have ended. */
const EXAMPLES = [
  ['memory/barrier.ts', '[forks, bad]', [4, []]],
  ['memory/mutex.ts', '[forks, bad, total[0]]', [4, [], 6]],
  ['memory/semaphore.ts', '[forks, bad]', [20, []]],
  ['pool/pool.ts', 'scores', [1, 4, 9]],
  ['pool/slots.ts', '[forks, work.length]', [3, 0]],
] as const;

test('docstrings have no other examples', () => {
  const source = join(root, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && readFileSync(join(source, file), 'utf8').includes(' * ```ts'),
  );
  expect(files.sort()).toEqual(EXAMPLES.map(([file]) => file));
});

test.each(EXAMPLES)('the example in the docstring of %s', async (file, result, expected) => {
  const docstring = /^ \* ```ts\n(.*?)^ \* ```$/ms.exec(readFileSync(join(root, 'src', file), 'utf8'));
  const example = docstring?.[1]?.replaceAll(/^ \* /gm, '');
  const code = `${BEFORE}${example}${AFTER}\nconsole.log(JSON.stringify(${result}));`;
  const { stdout } = await runProgram({ name: `docstring ${file}`, code });
  expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toEqual(expected);
});

/** As GitHub and the site name them. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

test.each(['README.md', ...pages.map((page) => join('docs', page))])('%s: links to headings', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  for (const [, file, anchor] of text.matchAll(/\]\(([\w./-]*)#([^)]*)\)/g)) {
    const target = file ? readFileSync(join(root, dirname(page), file), 'utf8') : text;
    expect(anchorsOf(target), page).toContain(anchor);
  }
});

const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { files: string[] };

const inPackage = (file: string) =>
  files.some((one) => file === one || file.startsWith(`${one}/`)) && !files.includes(`!${file}`);

test.each(['README.md', ...pages.map((page) => join('docs', page))])('%s: links to files', (page) => {
  const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\(([\w./-]+)(?:#[^)]*)?\)/g);
  const linked = [...links].map(([, link = '']) => join(dirname(page), link));
  expect(linked.filter((file) => !existsSync(join(root, file)) || !inPackage(file))).toEqual([]);
});

const exported = new Set(readFileSync(join(root, 'src', 'index.ts'), 'utf8').match(/\w+/g));

test.each(['from-python.md', 'from-c.md'])('%s: the column "here" has names that exist', (page) => {
  const rows = readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^\| .*?[^\\] \| (.*?[^\\]) \|/gm);
  const names = [...rows].flatMap(([, here = '']) =>
    [...here.matchAll(/\bos\.(\w+)/g)].map(([, name]) => name),
  );
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !exported.has(name as string))).toEqual([]);
});

test('calls.md has each constant', () => {
  const text = readFileSync(join(root, 'docs', 'calls.md'), 'utf8');
  const constants = [...exported].filter((name) => /^[A-Z]+_[A-Z]+$/.test(name));
  expect(constants.length).toBeGreaterThan(30);
  expect(constants.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
