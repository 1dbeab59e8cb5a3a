// The demos are what lies in examples/: NAME.ts, or NAME/main.ts. What they show is said in their first comment.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './package.js';
import { UsageError, unknown } from './usage.js';

export interface Demo {
  readonly name: string;
  readonly summary: string;
  /** The TypeScript, to read. */
  readonly source: string;
  /** Other TypeScript in its folder, if it has one: names of files. */
  readonly beside: readonly string[];
  /** What Node runs. */
  readonly program: string;
}

export function demos(): Demo[] {
  const folder = join(root, 'examples');
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isFile() && isTypescript(entry.name)) return [entry.name.slice(0, -3)];
    if (entry.isDirectory() && existsSync(join(folder, entry.name, 'main.ts'))) return [`${entry.name}/main`];
    return [];
  });
  return found.sort().map((path) => {
    const source = join(folder, `${path}.ts`);
    const name = path.replace(/\/main$/, '');
    return {
      name,
      summary: summaryOf(readFileSync(source, 'utf8')),
      source,
      beside: path === name ? [] : typescriptOf(join(folder, name)).filter((file) => file !== 'main.ts'),
      program: join(root, 'dist', 'examples', `${path}.js`),
    };
  });
}

function isTypescript(file: string): boolean {
  return /^[^.].*(?<!\.d)\.ts$/.test(file);
}

function typescriptOf(folder: string): string[] {
  return readdirSync(folder).filter(isTypescript).sort();
}

/** The first sentence of the first comment, if the file begins with one. */
function summaryOf(source: string): string {
  const lines = source.replace(/^#!.*\n/, '').split('\n');
  const end = lines.findIndex((line) => !/^\/\/ ?\S/.test(line));
  const comment = lines
    .slice(0, end)
    .map((line) => line.replace(/^\/\/ ?/, '').trim())
    .join(' ');
  return /^.*?[.!?](?=\s|$)/.exec(comment)?.[0] ?? comment;
}

export function demoNamed(name: string | undefined): Demo {
  const all = demos();
  const names = all.map((demo) => demo.name);
  if (name === undefined) throw new UsageError(`Which demo? One of ${names.join(', ')}`);
  const demo = all.find((one) => one.name === name);
  if (demo === undefined) throw unknown('demo', name, names);
  return demo;
}
