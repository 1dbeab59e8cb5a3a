// What a process that does not end is doing: a hang is a failure with a stack.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    return (error as Error).message;
  }
}

/** Of the process and all below it: it may be waiting for one of its own children. */
export function describeStuck(pid: number): string {
  const lines = [`state of ${pid}:`];
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${task}`;
    lines.push(
      `  thread ${task} ${read(`${folder}/comm`)}: ${read(`${folder}/wchan`)} ${read(`${folder}/stack`)}`,
    );
  }
  const gdb = spawnSync('gdb', ['-p', String(pid), '-batch', '-ex', 'thread apply all bt 40'], {
    encoding: 'utf8',
  });
  lines.push(gdb.error ? '  (gdb is not installed)' : gdb.stdout.replace(/^\[New LWP.*\n/gm, ''));
  return [lines.join('\n'), ...childrenOf(pid).map(describeStuck)].join('\n');
}

/** Ends the process and all below it. */
export function killTree(pid: number): void {
  for (const child of childrenOf(pid)) killTree(child);
  process.kill(pid, 'SIGKILL');
}

export function childrenOf(pid: number | 'self'): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}
