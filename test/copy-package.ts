import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** What npm would install there, if a program's dependency had a just-fork of its own. */
export function copyPackage(folder: string): void {
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
  for (const part of ['package.json', 'dist/src', 'build/Release/just_fork.node']) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}
