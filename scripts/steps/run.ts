// One run of a scenario: a process group of its own, bounded in time.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf } from '../storm/stuck';

export interface Options {
  node: string;
  /** Seconds after which it hangs. */
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
  let hang: string | undefined;
  const timer = setTimeout(async () => {
    hang = await describeHang(program.pid as number);
    end(program.pid as number);
  }, patience * 1000);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    program.on('error', reject);
    program.on('close', (...how) => resolve(how));
  });
  clearTimeout(timer);
  if (hang !== undefined) return hang;
  if (code === 0 && said !== '') return said;
  return `${signal ?? `exit code ${code}`} in the parent`;
}

export const isGood = (outcome: string) => outcome === GOOD;

/** The whole group, which this program started. */
function end(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {} // gone by itself
}

async function describeHang(pid: number): Promise<string> {
  const before = processorTime(pid);
  await sleep(500);
  return processorTime(pid) - before > 0.3 ? '100 % CPU' : 'hang';
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
