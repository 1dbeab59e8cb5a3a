// The programs that are measured. Each is a process of its own, and prints its result as JSON.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const SOURCES = join(__dirname, '..', '..', '..', 'scripts', 'bench');
const C_SOURCES = join(SOURCES, 'c');
/** Programs that need no compiler. */
export const OTHER_SOURCES = join(SOURCES, 'other');

/** Runs a program, and returns what it printed. */
export function runProgram<T>(command: string, args: readonly (string | number)[]): T {
  const result = spawnSync(command, args.map(String), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(
      `${[command, ...args].join(' ')} failed (${result.signal ?? `exit code ${result.status}`})`,
    );
  }
  return JSON.parse(result.stdout) as T;
}

/** Runs a worker of this folder in a fresh Node process. */
export function runWorker<T>(name: string, ...args: (string | number)[]): T {
  return runWorkerWith([], name, ...args);
}

/** The same, with options of Node's. */
export function runWorkerWith<T>(options: readonly string[], name: string, ...args: (string | number)[]): T {
  return runProgram<T>(process.execPath, [...options, join(__dirname, `${name}.js`), ...args]);
}

/** The other side of runWorker. */
export function answer(result: unknown): void {
  process.stdout.write(JSON.stringify(result));
}

/** The first C compiler that answers, with the arguments that it always needs. */
function compiler(): string[] {
  const { CC } = process.env;
  const candidates = [...(CC ? [CC.split(/\s+/)] : []), ['cc'], ['gcc'], ['g++', '-x', 'c']];
  for (const candidate of candidates) {
    const [command, ...args] = candidate as [string, ...string[]];
    if (spawnSync(command, [...args, '--version']).status === 0) return candidate;
  }
  throw new Error('The cost of a fork in C cannot be measured: no C compiler ($CC, cc, gcc or g++)');
}

function compile(source: string, output: string, flags: readonly string[]): string {
  const [command, ...args] = compiler() as [string, ...string[]];
  const all = [...args, '-O2', '-Wall', ...flags, '-o', output, join(C_SOURCES, source)];
  const { status, stderr } = spawnSync(command, all, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${all.join(' ')} failed:\n${stderr}`);
  return output;
}

/** Compiles a program of c/ into a folder. */
export function compileProgram(name: string, folder: string): string {
  return compile(`${name}.c`, join(folder, name), []);
}

/** Compiles an addon of c/ into a folder. Its N-API symbols are resolved by the Node process that loads it. */
export function compileAddon(name: string, folder: string): string {
  const include = resolve(dirname(process.execPath), '..', 'include', 'node');
  if (!existsSync(join(include, 'node_api.h'))) {
    throw new Error(`The floor cannot be compiled: this Node came without its headers (${include})`);
  }
  return compile(`${name}.c`, join(folder, `${name}.node`), ['-shared', '-fPIC', `-I${include}`]);
}
