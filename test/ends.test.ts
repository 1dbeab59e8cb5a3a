import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ways } from './fixtures/ends/ways';
import { preloaded } from './preload';
import { newFolder, type Outcome, pass, run } from './run';

/** Pids differ, and the addresses in a crash dump; all else is to be the same. */
function comparable({ stdout, stderr }: Outcome, ends: unknown) {
  const crash = ends === 'SIGABRT' || ends === 'SIGTRAP';
  return { stdout, stderr: crash ? '' : stderr.replaceAll(/\(node:\d+\)/g, '(node:PID)') };
}

for (const [name, { id = 'R28', ends, nodeArgs = [] }] of Object.entries(ways)) {
  test(`${id} ${name}: ${ends}, in a forked child as in a plain process`, async () => {
    const start = (kin: string) => run('ends/end', { args: [kin, name], nodeArgs });
    const plain = await start('plain');
    expect(plain.signal ?? plain.code).toBe(ends);
    const { stdout, stderr } = comparable(plain, ends);
    for (const kin of ['child', 'grandchild']) {
      const forked = await start(kin);
      expect(forked.code).toBe(0);
      expect(comparable(forked, ends)).toEqual({ stdout: `${stdout}ended: ${ends}\n`, stderr });
    }
  });
}

const module: Record<string, number> = {
  'for ever': 13,
  'await before fork': 13,
  'for ever with exitCode': 5,
  'exitCode set in exit': 6,
  'process.exit meanwhile': 7,
  'an error meanwhile': 1,
  rejects: 1,
  settles: 0,
};
for (const [way, code] of Object.entries(module)) {
  test(`R28 a module that awaits at its top level, ${way}: ${code}, forked or not`, () =>
    pass('ends/module', { args: [way, String(code)] }));
}

test('R28 what a child has queued for the thread pool is done at its end, in each way but _exit', () =>
  pass('ends/requests'));

/** It takes the place of malloc, as AddressSanitizer does. */
const holds = test.skipIf(process.platform !== 'linux' || process.env.JUST_FORK_PRELOAD?.includes('libasan'));

/** What a parent ends with while a background task of V8's is held back, for milliseconds of computing, or for ever asleep. */
const duringTask = (hold: string) =>
  run('ends/during-task', {
    // Room for young objects: it must not be a task of a collection, which the main thread would wait for by itself.
    nodeArgs: ['--min-semi-space-size=16'],
    args: [hold, '3'],
    env: { ...preloaded('ends/held-task'), HELD_FILE: join(newFolder(), 'held') },
  });

holds(
  'R28 process.exit takes nothing down under a background task that computes, as long as it takes',
  async () => expect(await duringTask('2500')).toMatchObject({ code: 3, signal: null }),
);
holds(
  'R28 process.exit does not wait for a background task that itself waits for the main thread',
  async () => expect(await duringTask('never')).toMatchObject({ code: 3, signal: null }),
);
