import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, nodeMajor, pass, run } from './run';

/** V8 makes fast code after a thousand calls at most; as it does by itself since Node 24. */
const SOON: Record<number, string[]> = {
  20: ['--interrupt-budget=20000'],
  22: ['--invocation-count-for-maglev=300', '--invocation-count-for-turbofan=500'],
};

test('P01 P36 P45 20 jobs with a limit of 1 or 3 each run once, in a process of their own, never more at a time', () =>
  pass('pool/limit'));

test('P02 a freed slot is refilled while another child runs on', () => pass('pool/refill'));

test('P03 P05 onSpawn and onExit tell all there is, once per child; running and pids are exact', () =>
  pass('pool/callbacks'));

test('P04 P21 P26 results arrive as they were; what cannot be sent fails its item; input is not sent', () =>
  pass('pool/values'));

test('P08 the number of slots can change; maxQueue refuses, and ready() waits', () => pass('pool/queue'));

test('P08 children that lose their slots before they have begun have not failed', () =>
  pass('pool/sent-away'));

test('a call costs the same however many others wait', () => pass('pool/queue-cost'));

test('what a child calls is known to V8 from its parent', () => {
  const log = join(newFolder(), 'v8.log');
  return pass('pool/no-misses', {
    args: [log],
    nodeArgs: ['--log-ic', '--no-logfile-per-isolate', `--logfile=${log}`],
  });
});

test('what a child calls is in no branch that V8 leaves out of its parent’s fast code', () => {
  const log = join(newFolder(), 'v8.log');
  return pass('pool/no-deopts', {
    args: [log],
    nodeArgs: [...(SOON[nodeMajor] ?? []), '--log-deopt', '--no-logfile-per-isolate', `--logfile=${log}`],
  });
});

// Where V8's young generation cannot be seen, all is as it was.
test.skipIf(process.platform !== 'linux').each([[], ['--expose-gc'], ['--freeze-flags-after-init']])(
  'the parent’s young objects are old before a child has them %s',
  (...option) => pass('pool/young-objects', { args: option, nodeArgs: option }),
);

test.skipIf(process.platform !== 'linux').each(['pool', 'fork'])(
  'what V8’s collector sweeps up is done before a fork by %s',
  (how) => pass('pool/collector', { args: [how], nodeArgs: ['--expose-gc'] }),
);

test('P09 with 0 slots the work is done in the caller', () => pass('pool/inline'));

test('P09 with 0 slots calls settle as with children', () => pass('pool/inline-ends'));
test('P09 with 0 slots a function cannot take from a stream of its own pool', () =>
  pass('pool/inline-stream'));

test('P13 a pool with sleeping children costs nothing', () => pass('pool/idle'));

test('P18 P19 P20 results in input order, with any chunk; an input that breaks off', () =>
  pass('pool/order'));

test('P22 16 results of 1 MB and one of 64 MB arrive whole', () => pass('pool/large'));

test('E05 signals in the middle of answers lose and change none', () => pass('pool/signals'));

test('P23 P24 P27 an error arrives with name, message, properties, cause and the child’s stack', () =>
  pass('pool/errors'));

for (const [what, shown] of [
  ['thrown', /RangeError\]: no fit\n +at fails /],
  ['died', /ChildDiedError: Child \d+ /],
  ['timed out', /TimeoutError\]: Child \d+ /],
  ['aborted', /AbortError\]: The operation was aborted/],
  ['killed', /ERR_POOL_KILLED/],
  ['killed in its turn', /ERR_POOL_KILLED/],
  ['closed', /ERR_POOL_CLOSED/],
  ['full', /ERR_POOL_QUEUE_FULL/],
  ['broken', /ERR_POOL_BROKEN/],
  ['kept', /ChildDiedError: Child \d+ .*before it had lasted/],
  ['refused by a hook', /RangeError: no fit\n +at .*fails /],
  ['refused', /ERR_FORK_UNSUPPORTED/],
] as const) {
  test(`an error that the parent does not catch shows lines of the program alone: ${what}`, async () => {
    const nodeArgs = what === 'refused' ? ['--cpu-prof', `--cpu-prof-dir=${newFolder()}`] : [];
    const { code, stderr } = await run('pool/uncaught', { args: [what], nodeArgs });
    expect(code).toBe(1);
    expect(stderr).toMatch(shown);
    expect(stderr).toMatch(/uncaught\.[jt]s:\d+/); // where the program called
    expect(stderr).not.toMatch(/dist.src/);
  });
}

test('P23 an error that nobody has caught goes to the listeners that the child has set', () =>
  pass('pool/own-listener'));

test('P33 P34 callbacks run in the parent, once per item, with item and index, in order if asked; one that throws ends the call', () =>
  pass('pool/callback-throws'));

test('P33 an error ends a map whose callbacks come in order at once', () => pass('pool/ordered-error'));

test('P35 a limit of items per child: children are replaced, and every result is right', () =>
  pass('pool/tasks-per-child'));

test('P38 bad sizes and options are refused; good ones may be frozen', () => pass('pool/options'));

test.skipIf(process.platform !== 'linux')('P38 a call without memory to share rejects', () =>
  pass('pool/no-memory', { nodeArgs: ['--expose-gc'] }),
);

test('P38 a fork that fails rejects its call; part-way, the children there are go on', () =>
  pass('pool/fork-fails'));

test('P38 children that fail before their first item end the call with their error', () =>
  pass('pool/cannot-begin'));

test('P46 children run at the same time', () => pass('pool/together'));

test('each yields as results come, holds the children back, and ends them on break', () =>
  pass('pool/stream'));

test('stats count; a function has the asynchronous context of its call', () => pass('pool/stats'));
