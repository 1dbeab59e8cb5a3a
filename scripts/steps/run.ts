// One run of a scenario: a process group of its own, bounded in time.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../storm/stuck';

export interface Options {
  node: string;
  /** Seconds after which it hangs, if it does nothing any more; doing something, five times that. */
  patience: number;
}

const GOOD = 'good';

/** 'good', or what was seen. */
export async function runScenario(
  name: string,
  without: string,
  { node, patience }: Options,
): Promise<string> {
  const { JUST_FORK_WITHOUT: _, ...environment } = process.env;
  const program = spawn(node, [join(__dirname, 'scenarios', `${name}.js`)], {
    env: { ...environment, ...(without !== '' && { JUST_FORK_WITHOUT: without }) },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let said = '';
  program.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const closed = new Promise<string>((resolve, reject) => {
    program.on('error', reject);
    program.on('close', (code, signal) => {
      resolve(code === 0 && said !== '' ? said : `${signal ?? `exit code ${code}`} in the parent`);
    });
  });
  const over = new AbortController();
  const outcome = await Promise.race([closed, describeHang(program.pid as number, patience, over.signal)]);
  over.abort();
  end(program.pid as number);
  await closed;
  return outcome;
}

export const isGood = (outcome: string) => outcome === GOOD;

/** The whole group, which this program started. */
function end(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {} // gone by itself
}

/** Once a process has stopped to do anything; or much later, if it still does. */
async function describeHang(pid: number, patience: number, over: AbortSignal): Promise<string> {
  try {
    await sleep(patience * 1000, undefined, { signal: over });
    for (let second = 0; second < patience * 4; second++) {
      const before = processorTime(pid);
      await sleep(1000, undefined, { signal: over });
      if (processorTime(pid) - before < 0.02) return 'hang';
    }
    return '100 % CPU';
  } catch {
    return 'over';
  }
}

/** Seconds, of a process and all below it. */
function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
    const own = (Number(fields[11]) + Number(fields[12])) / 100;
    return childrenOf(pid)
      .map(processorTime)
      .reduce((sum, time) => sum + time, own);
  } catch {
    return 0; // gone
  }
}
