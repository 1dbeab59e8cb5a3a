import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyPackage } from './copy-package';
import { preloaded } from './preload';
import { newFolder, nodeMajor, type Outcome, pass } from './run';

const linux = process.platform === 'linux';

test('F01 fork() returns 0 in the child and a positive pid in the parent', () =>
  pass('fork/f01-two-returns'));

test('F02 the pid returned, the child’s getpid() and the pid that wait reports are one number', () =>
  pass('fork/f02-one-pid'));

test('F03 getppid() in the child is the pid of the process that forked it', () => pass('fork/f03-getppid'));

test('F04 the child’s pid is no existing process’s, group’s or session’s', () => pass('fork/f04-new-pid'));

test('F05 process.pid is the child’s own, and a grandchild’s own', () => pass('fork/f05-process-pid'));

test.skipIf(!linux)('F06 /proc/self in the child is the child', () => pass('fork/f06-proc-self'));

for (const milliseconds of ['20', '500']) {
  test.skipIf(!linux)(
    `F07 a child has what a thread of V8 was mapping while the package was loaded (${milliseconds} ms)`,
    () => passHeld('held-call', 'loaded-in-midst', { HELD_FOR: milliseconds }),
  );
}

test.skipIf(!linux)("F07 what V8's threads free in a child wakes the child's own loop", () =>
  passHeld('held-eventfd', 'freed-in-child', {}),
);

test.skipIf(!linux)('F07 where the kernel cannot let a child have the memory of V8, none is made', () =>
  passHeld('no-inheritance', 'no-inheritance', {}),
);

test.skipIf(!linux)('children can be ended where waitid is forbidden', () =>
  passHeld('no-waitid', 'no-waitid', {}),
);

test.skipIf(!linux)(
  'F23 a server and connections are left to the parent where sockets of AF_UNIX are forbidden',
  () => passHeld('no-unix-sockets', 'leaves-connections', {}),
);

test.skipIf(!linux)(
  'R13 a name that was being looked up for the parent is looked up no longer in the child',
  () => passHeld('held-look-up', 'look-up-in-child', { UV_THREADPOOL_SIZE: '1' }),
);

/** With a library loaded before Node, which holds a call back, or forbids one. */
async function passHeld(library: string, name: string, env: NodeJS.ProcessEnv): Promise<void> {
  await pass(`fork/${name}`, { nodeArgs: ['--expose-gc'], env: { ...env, ...preloaded(`fork/${library}`) } });
}

test.skipIf(!linux)(
  'what a native module waits for in a child is not told to its parent, and threads that it lacks are named',
  () =>
    passWithModule(
      'foreign-polls',
      'fork/foreign-polls',
      'fork/foreign-polls-at-limit',
      'pool/foreign-threads',
    ),
);

test.skipIf(!linux)('a child without a copy of what a native module waits with says so', async () => {
  const [output] = await passWithModule('no-watches', 'fork/no-watches');
  expect(output?.stderr).toMatch(
    /^just-fork: child \d+ cannot renew what native modules wait with: no space left/,
  );
});

test.skipIf(!linux)('a native module that waits on the main thread can do so in a child', () =>
  passWithModule('own-poll-set', 'fork/own-poll-set'),
);

test.skipIf(!linux)(
  "R13 threads that a native module starts in libuv's pool are not taken for the pool's",
  () => passWithModule('threads-of-pool', 'fork/threads-of-pool'),
);

test.skipIf(!linux)('W06 wait() beside a SIGCHLD that a native module ignores, by whatever flags', () =>
  passWithModule('ignores-sigchld', 'wait/ignored-by-module'),
);

test.skipIf(!linux)('a mutex beside a lock of a native module that inherits priorities', () =>
  passWithModule('priority-lock', 'memory/priority-lock'),
);

async function passWithModule(module: string, ...names: string[]): Promise<Outcome[]> {
  const folder = newFolder();
  const file = join(folder, `${module}.node`);
  const source = join(__dirname, 'fixtures', 'fork', `${module}.cc`);
  execFileSync('g++', ['-shared', '-fPIC', '-O1', '-pthread', '-o', file, source]);
  const outputs: Outcome[] = [];
  for (const name of names) outputs.push(await pass(name, { args: [file] }));
  return outputs;
}

test('F07 variables change in one process only: three forks give all 8 combinations', () =>
  pass('fork/f07-own-variables'));

test('F09 father, son and grandson: each waits for its own child, and for no grandson', () =>
  pass('fork/f09-three-generations'));

test('F10 fork(body) runs it in the child only, and ends the child with 0 right behind it', () =>
  pass('fork/f10-body'));

test('F10 a child ends with its body, also where a test runner has replaced process.exit', async () => {
  const { stderr } = await pass('fork/f10-exit-replaced');
  expect(stderr.match(/AssertionError .*: thrown/g)).toHaveLength(2);
});

test('F10 a child that runs a body does not come out of the call, whatever is thrown at its end', async () => {
  const { stderr } = await pass('fork/f10-no-way-out');
  expect(stderr.match(/Error: of a listener/g)).toHaveLength(2);
});

test('R27 `await using` and an aborted signal end a child by killSignal, and by SIGKILL if need be', () =>
  pass('fork/await-using'));

test('forkChild several times in one turn: one body each', () => pass('fork/many-at-once'));

test('forkChild leaves the event loop half of the time while work holds it up', () =>
  pass('fork/fork-child-busy'));

test('what forkChild rejects with names its caller, and whatever a hook throws arrives', () =>
  pass('fork/call-site'));

test('a body that never settles says so, also below a module that waits', () =>
  pass('fork/unsettled-module'));

test('F10 a body that returns a promise: the child fails, and says to use forkChild', async () => {
  const { stderr } = await pass('fork/f10-body-is-synchronous');
  expect(stderr).toContain('forkChild()');
  expect(stderr).toContain('ERR_INVALID_RETURN_VALUE');
});

test('F10 fork(body) with a body that throws: printed as Node prints it, exit code 1', async () => {
  const { stderr } = await pass('fork/f10-uncaught');
  expect(stderr).toMatch(/Error: thrown by the body\n\s+at .*f10-uncaught/);
  expect(stderr.match(/Error: thrown by the body/g)).toHaveLength(1);
});

test('F11 the exit code of fork(body), returned, set, or given to exit or _exit, is what wait reports', () =>
  pass('fork/f11-exit-codes'));

test('F11 so is that of an async body, and of one with listeners for its end; the parent’s stays', async () => {
  const { stdout, stderr } = await pass('fork/f11-promised-codes');
  expect(stdout).toBe('exit\n'); // once
  expect(stderr.match(/never settled/g)).toHaveLength(2);
  expect(stderr.match(/^Error: at the last moment$/gm)).toHaveLength(1);
});

test('F12 the child runs to its end when the parent exits first, and the other way round', () =>
  pass('fork/f12-either-ends-first'));

test('F13 chdir in one process does not move the other', () => pass('fork/f13-chdir'));

test('F14 the environment is inherited; later changes are private, also for programs started', () =>
  pass('fork/f14-environment'));

test('F17 a fork while modules are evaluated, 0 to 4 deep: both processes evaluate the rest', () =>
  pass('fork/f17-while-loading'));

// Node 20 reads an ES module from the position of an open file, which the two processes share: one gets it, the other
// finds it empty. From Node 22 on it is read at once.
test.skipIf(nodeMajor < 22)(
  'F18 a fork while an import() is pending: both processes get the whole module',
  () => pass('fork/f18-pending-import'),
);

test('F19 hooks: before in reverse order, parent and child in order, the child’s before fork() returns', () =>
  pass('fork/f19-hooks'));

test('F19 a before-hook that throws calls the fork off; errors of the others are uncaught ones', () =>
  pass('fork/f19-hooks-that-throw'));

test('F20 a hook that is missing, null or no function throws, and registers nothing', () =>
  pass('fork/f20-bad-hooks'));

test('a forkChild that is aborted after its child was reaped sends no signal, and throws nothing', () =>
  pass('fork/abort-after-reaped'));

test('a forkChild that a hook aborts when its child is there', () => pass('fork/aborted-by-hook'));

test('a forkChild that was aborted, and that nobody waits for, does not keep its parent', () =>
  pass('fork/abort-not-waited'));

test('children begin, and limits of time hold, while a test has faked timers and clock', () =>
  pass('fork/fake-timers'));
test.skipIf(!linux)('and their ends are heard of where there is no pidfd_open, too', () =>
  passHeld('no-pidfd', 'fake-timers', {}),
);

test('an AbortSignal has one listener, however many forkChild share it, and none when they are over', () =>
  pass('fork/one-signal'));

test('F21 fork(), fork(body), forkChild and Slots go through one gateway: the hooks see each', () =>
  pass('fork/f21-one-gateway'));

test('F22 fork in a Worker throws ERR_FORK_IN_WORKER', () => pass('fork/f22-in-a-worker'));

test('F22 fork in a Worker is refused where the main thread has not loaded the package', () =>
  pass('fork/f22-only-in-a-worker'));

test('F23 what was written before the fork is in the output once: socket, pipe and file', () =>
  pass('fork/f23-written-once'));

test('F23 nothing takes the place of 0 to 2 that were closed, in the child and in its own', () =>
  pass('fork/closed-standard'));

test('F23 data on the way to a file when the block form forks is written once', () =>
  pass('fork/f23-streams-once'));

test('a child compiles nothing that its parent could have compiled for it', async () => {
  const folder = newFolder();
  const log = join(folder, 'v8.log');
  const flush = ['--stress-flush-code', '--expose-gc'];
  const nodeArgs = [...flush, '--log-function-events', '--no-logfile-per-isolate', `--logfile=${log}`];
  await pass('fork/nothing-compiled', { args: [log], nodeArgs });
});

test.each([
  'a replaced function',
  'process.emit in other hands',
  'few listeners',
  'a Worker that a hook starts',
  'SIGINT, and a copy of the package that is not the newest',
  'a pool without a descriptor for its first child',
])('what is called before a fork for its child goes unnoticed, and lacks nothing: %s', (name) =>
  pass('fork/rehearsal', { args: [name], nodeArgs: ['--expose-gc'] }),
);

test('a second copy of the package refuses to fork, and the first goes on', async () => {
  const folder = newFolder();
  copyPackage(join(folder, 'copy'));
  await pass('fork/second-copy', { args: [join(folder, 'copy')] });
});

test('F23 files that the parent reads and writes when forkChild forks are whole', () =>
  pass('fork/f23-files-in-flight'));

// The limit is set with prlimit of util-linux, at run time: Node itself needs more threads than it leaves.
test.skipIf(!linux || spawnSync('prlimit', ['--version']).status !== 0)(
  'Q01 at the process limit fork throws EAGAIN, makes no child, tells the hooks, and the parent goes on',
  () => pass('fork/q01-process-limit'),
);

test.skipIf(!linux || spawnSync('prlimit', ['--version']).status !== 0)(
  'Q01 loaded at the process limit the package says that it has no thread',
  () => pass('fork/loaded-at-limit'),
);
