import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { demos } from './demos.js';
import { becomeNode } from './program.js';
import { UsageError, unknown } from './usage.js';

/** Tells the preload module that this process is the one to trace, and where to write. */
export const OUTPUT = 'JUST_FORK_TRACE_OUTPUT';

/** Runs a file, or a demo, with a trace of all its processes. */
export function trace(file: string | undefined, output: string | undefined, args: readonly string[]): never {
  if (file === undefined) throw new UsageError('Which program? just-fork trace FILE [-o NAME] [-- args]');
  const all = demos();
  const demo = all.find(({ name }) => name === file);
  const program = existsSync(file) ? resolve(file) : demo?.program;
  if (program === undefined) {
    throw unknown(
      'file or demo',
      file,
      all.map(({ name }) => name),
    );
  }
  return becomeNode(['--require', join(__dirname, 'preload.js'), program, ...args], {
    ...process.env,
    [OUTPUT]: outputName(output, basename(file, extname(file))),
  });
}

/** The path of both files, without what tells them apart. */
function outputName(output: string | undefined, own: string): string {
  if (output === '') throw new UsageError('--output is empty');
  const name = pathOf(output, own);
  const folder = dirname(name);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`Nothing can be written into ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
  return name;
}

function pathOf(output: string | undefined, own: string): string {
  if (output === undefined) return resolve(own);
  const isFolder = output.endsWith('/') || statSync(output, { throwIfNoEntry: false })?.isDirectory();
  return isFolder ? resolve(output, own) : resolve(output.replace(/(?<=[^/])\.(svg|trace\.json)$/, ''));
}
