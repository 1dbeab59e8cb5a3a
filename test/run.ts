// Each scenario is a program of its own (test/fixtures), started as a process: a test looks at how it ended and what it
// wrote, never forks itself, and never lets a hang pass.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** The Node that runs the scenarios: JUST_FORK_NODE, or the one that runs the tests. */
export const node = process.env.JUST_FORK_NODE ?? process.execPath;

/** Whether there is such a program. */
export const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

/** Whether a program can be started on a terminal of its own, by script(1). */
export const scripted = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/**
 * What every program that loads the package is started with. script(1) has its command run by $SHELL, which may be any program.
 * Where $PATH has a folder of another user, execvp(3) does not say that there is no such program, but that it may not look.
 * test:asan and test:jitter have a library to be loaded first.
 */
export const environment: NodeJS.ProcessEnv = {
  ...process.env,
  SHELL: '/bin/sh',
  PATH: searchable(process.env.PATH ?? ''),
  ...(process.env.JUST_FORK_PRELOAD && { LD_PRELOAD: process.env.JUST_FORK_PRELOAD }),
};

function searchable(path: string): string {
  const isSearchable = (folder: string) => {
    try {
      accessSync(folder, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  };
  return path.split(':').filter(isSearchable).join(':');
}

/** Milliseconds, see RunOptions. With such a library, on a busy machine, 60 s are too few for 30 Workers one after another. */
const longest = process.env.JUST_FORK_PRELOAD ? 180_000 : 60_000;

/** A new one, for files that a test makes. It is removed with all others, see scratch.ts. */
export const newFolder = () => mkdtempSync(join(tmpdir(), 'just-fork-'));

/** Its major version. */
export const nodeMajor = Number(
  spawnSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }).stdout,
);

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  args?: string[];
  nodeArgs?: string[];
  env?: NodeJS.ProcessEnv;
  /** Where it writes its files, if it writes any. */
  cwd?: string;
  /** Written to its stdin, which is then closed. */
  input?: string;
  /** Milliseconds after which it counts as hanging. Generous: only a hang takes so long. */
  timeout?: number;
}

/** Runs test/fixtures/NAME.ts, and waits until it and whoever holds its output have ended. */
export function run(name: string, options: RunOptions = {}): Promise<Outcome> {
  const file = join(root, 'dist', 'test', 'fixtures', `${name}.js`);
  if (!existsSync(file)) throw new Error(`There is no ${file}: npm run build`);
  const child = spawn(node, [...(options.nodeArgs ?? []), file, ...(options.args ?? [])], {
    env: { ...environment, ...options.env },
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that a hang is ended with all its children
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}).end(options.input ?? '');
  return new Promise((resolve, reject) => {
    const hang = setTimeout(() => {
      process.kill(-(child.pid as number), 'SIGKILL');
      reject(new Error(`${name} hangs. So far it wrote:\n${stdout}\n${stderr}`));
    }, options.timeout ?? longest);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(hang);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

/** Runs a scenario that checks itself: it must end with 0, and what it writes to stderr is shown if it does not. */
export async function pass(name: string, options: RunOptions = {}): Promise<Outcome> {
  const outcome = await run(name, options);
  if (outcome.code !== 0 || outcome.signal !== null) {
    throw new Error(
      `${name} ended with ${outcome.signal ?? outcome.code}\nstdout:\n${outcome.stdout}\nstderr:\n${outcome.stderr}`,
    );
  }
  return outcome;
}
