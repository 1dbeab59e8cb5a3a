// How the children of pools live and end.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { newFolder, pass, run } from './run';

test('P10 a pool is refused in a child, which can make its own', () => pass('pool/in-child'));

test('P10 no timer of a pool keeps a child of fork() alive', () => pass('pool/timers'));

test('P11 a child reaped by somebody else is noticed, with a warning; its slot is freed', () =>
  pass('pool/lost'));

test('P12 only its own children are reaped', () => pass('pool/own-only'));

test('P15 P17 a keeper replaces what ends, with growing delays, and gives up', () => pass('pool/keep'));

test('P15 P17 a keeper counts the ends in a row: one that has lasted, and a reload, end it', () =>
  pass('pool/keep-lasting'));

test('P15 the delays of a keeper begin with the first, double, and stop at the longest', () =>
  pass('pool/keep-delays'));

test('P15 a reload replaces children that end well, too, and does not outlast its keeper', () =>
  pass('pool/keep-reload'));

test('P29 P31 a child that dies or exits fails its own item, and the rest goes on', () => pass('pool/died'));

test('P29 a child whose heap overflows fails its own item', () =>
  pass('pool/heap', { nodeArgs: ['--max-old-space-size=64'] }));

test('P37 an initialiser runs once per child; one that fails breaks the pool', () => pass('pool/init'));

test('P15 a child that is killed in its initialiser fails its own call; the third in a row breaks the pool', () =>
  pass('pool/init-killed'));

test('P15 children that end well, and whose answers are lost, fail their call', () =>
  pass('pool/answers-lost'));

test('P39 P41 close waits or drops, and refuses; kill and await using end all', () => pass('pool/closed'));

test('P42 a time-out or an AbortSignal ends the child, rejects its item, and frees the slot', () =>
  pass('pool/time-out'));

test.each(['SIGINT', 'SIGTERM'])('P43 %s ends the children, and then the parent', async (signal) => {
  const outcome = await run('pool/interrupted', { args: [signal] });
  expect(outcome).toMatchObject({ code: null, signal, stderr: '' });
  const pids = outcome.stdout.trim().split(' ').map(Number);
  expect(pids).toHaveLength(3);
  for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test.each(['SIGINT', 'SIGTERM'])(
  'P43 %s with a listener of the program’s: it runs, the children end',
  (signal) => pass('pool/interrupted', { args: [signal, 'listener'] }),
);

test('P43 when the work is done no listener is left', async () => {
  const outcome = await run('pool/interrupted', { args: ['SIGINT', 'done'] });
  expect(outcome).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' });
});

test('R13 a pool waits for work in the background that a fork must wait for, and gives up in time', () =>
  pass('pool/p-busy'));

test('R13 while it waits a pool rests longer each time, and a call that is aborted then leaves no timer', () =>
  pass('pool/busy-rests'));

test('R13 a call has all its time, however long ago another gave up', () => pass('pool/busy-again'));

test('P45 a pool takes no number of a standard stream that the program has closed', () =>
  pass('pool/no-standard-streams'));

test('P44 children and grandchildren end when the parent has died', () => pass('pool/parent-dies'));

test.skipIf(process.getuid?.() !== 0)('P44 also a child that has changed its user', () =>
  pass('pool/drops-privileges'),
);

test('P45 a child has nothing of its siblings, and of its parent what it prints to', () =>
  pass('pool/clean-children'));

test('P42 P43 children are ended by a signal that the program has blocked', () => pass('pool/blocked'));

test('P43 a signal that the program ignores stays ignored', () => pass('pool/ignored'));

test.each(['alone', 'queued', 'terminal', 'sooner', 'busy', 'keep', 'answers'])(
  'P43 SIGINT ends a program whatever it does about errors (%s)',
  async (how) => {
    const outcome = await run('pool/dies', { args: [how] });
    expect(outcome).toEqual({ code: null, signal: 'SIGINT', stdout: '', stderr: '' });
  },
);

test('P43 signals that come while it ends change nothing', () => pass('pool/dies-twice'));

test('P43 a program that survives the signal goes on with its pools', () => pass('pool/survives'));

test('P42 a child that aborts its copy of a signal aborts nothing of the parent’s', () =>
  pass('pool/abort-in-child'));
test('P42 a signal may be of another class than Node’s', () => pass('pool/foreign-signal'));

test('P42 what was answered in time is an answer; an initialiser is under the time-out', () =>
  pass('pool/answer-in-time'));

test('P08 P15 reloads at a time, and other numbers of slots, under a keeper', () => pass('pool/keep-resize'));

test.each(['two in turn', 'a map that has lost its child', 'fewer slots'])(
  'P02 slots whose results nobody takes go to who wants one: %s',
  (which) => pass('pool/each-in-turn', { args: [which] }),
);

test('P27 an error in a child of a pool child is none of its own', () => pass('pool/below-a-child'));

test('P10 a child that a function forks, and that returns from it, gives no answer', async () => {
  const { stdout, stderr } = await pass('pool/fork-in-function');
  expect(stdout.match(/printed below/g)).toHaveLength(2);
  expect(stderr.match(/^Error: thrown below/gm)).toHaveLength(4);
});

test('P29 a callback that ends another call leaves its own answers whole', () =>
  pass('pool/look-in-callback'));

test('P19 a chunk longer than there are items', () => pass('pool/chunks'));

test("P45 a timer of the parent's that a child sets anew is the child's", () =>
  pass('pool/refreshed-timers'));

test('P42 an item that is late fails at its time, and its child takes no other', () =>
  pass('pool/late-and-alive'));

test('P42 a child that an abort does not end takes no further item', () => pass('pool/stopped-and-alive'));

test('P42 a child that is ended because an item is late is not at the next one', () =>
  pass('pool/late-and-next'));

test('P42 a child that comes to the next item while its parent looks is not late with that', () =>
  pass('pool/late-and-on'));

test('P29 children that others end leave no timer', () => pass('pool/ended-by-others'));

test('P29 a child that has failed takes no item while its output waits', () => pass('pool/draining'));

test('P42 a child that has answered is ended in time while its output waits', () => pass('pool/answered'));

test.skipIf(process.platform !== 'linux')('P42 an answer that arrives late because its parent is busy', () =>
  pass('pool/sent-in-time'),
);

test('P25 an answer that cannot be read back', () => pass('pool/unreadable'));

test.skipIf(process.platform !== 'linux')("P25 an answer that is too large for the parent's memory", () =>
  pass('pool/too-large'),
);

test('P03 callbacks have the asynchronous context of their call', () => pass('pool/context'));

test('P45 an exit code and a callback for uncaught errors that the parent has set are not the child’s', () =>
  pass('pool/set-in-parent'));

test('P45 what libraries do in process.reallyExit is not done in children', () => pass('pool/really-exit'));

test("P45 the date of HTTP's headers goes on in a child", () => pass('pool/http-date'));

test('P45 a global agent that was replaced between forks', () => pass('pool/agent-replaced'));

for (const [where, options] of [
  ['in a Worker', { args: ['worker'] }],
  ['with --cpu-prof', { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${newFolder()}`] }],
] as const) {
  test(`P15 a keeper whose children cannot be forked says so at once (${where})`, () =>
    pass('pool/keep-refused', options));
}

test('P15 a keeper beside another call, and one whose callback throws no error', () =>
  pass('pool/keep-beside'));

const asFirst = ['--map-root-user', '--pid', '--fork', '--mount-proc', 'true'];
test.skipIf(spawnSync('unshare', asFirst).status !== 0)(
  'P43 the first process of a container goes on, whose calls have failed',
  () => pass('pool/first-process'),
);

test('P43 a signal that a once() has had ends only the children', () => pass('pool/heard-once'));

test('P42 a call that a hook of onFork ends', () => pass('pool/hook-cancels'));

test('P10 fork() in the midst of each()', () => pass('pool/each-in-fork'));

test('pools go on while timers are mocked', () => pass('pool/fake-timers'));
test('and if they were mocked when the package was loaded, then and later', () =>
  pass('pool/fake-timers-sooner'));
test('errors of children are heard of where a test runner has a copy of process', () =>
  pass('pool/copied-process'));
test('and so are signals of the parent', () => pass('pool/copied-process-interrupted'));
test('and nothing is left of the pools of many files of tests', () => pass('pool/copied-process-often'));

test('P39 ready() is woken by resize(), and lets in as many as there is room for', () => pass('pool/ready'));

test('P45 observers of performance observe in children, too', () => pass('pool/observer'));

test('P45 children make connections of their own, not over those that the parent keeps open', () =>
  pass('pool/connections'));

test('P02 a run inside a for-await over each of the same pool', () => pass('pool/give-way'));

test('P46 thousands of results that are taken at once', () => pass('pool/stream-quick'));

test('nothing of a closed pool is an open handle to async_hooks', () => pass('pool/open-handles'));

test('P29 a child that writes into the pipe of its answers is ended, with a warning', () =>
  pass('pool/not-frames'));

test.skipIf(process.platform !== 'linux')('P22 an answer of which half a header has arrived', () =>
  pass('pool/half-a-header'),
);

test('P15 a keeper ends with its pool and with its block, and warns if nobody waits for it', () =>
  pass('pool/keep-ends'));

test('P17 a keeper tries a fork that fails again, and gives up', () => pass('pool/keep-fork-fails'));

test('P29 children that are killed before they have begun fail their call', () =>
  pass('pool/killed-at-birth'));

test('P42 a child is told to end once', () => pass('pool/stopped-once'));

test.skipIf(process.getuid?.() !== 0)(
  'P43 SIGINT ends a program that may not signal its children',
  async () => {
    expect(await run('pool/no-rights')).toMatchObject({ code: null, signal: 'SIGINT', stderr: '' });
  },
);

test('P43 a child with a pool of its own ends the children of that', () => pass('pool/interrupted-below'));

test('P10 fork() between the reaping of a child and its end', () => pass('pool/fork-between'));

test.skipIf(process.platform !== 'linux')('P42 a child that waits to begin with an item is not late', () =>
  pass('pool/waits-to-begin'),
);
