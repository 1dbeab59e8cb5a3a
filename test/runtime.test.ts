import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { pass, run } from './run';

/** How many a process may have at most; NaN: any number. */
const descriptors = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }));
const fixture = (name: string, ...args: string[]) => pass(`runtime/${name}`, { args });

describe('event loop', () => {
  test('R04 timers of each kind fire in the child, and those armed before fire in both', () =>
    fixture('r04-timers'));
  test('R05 a socket that was idle in the parent becomes readable in the child', () =>
    fixture('r05-idle-watcher'));
  for (const leaver of ['parent', 'child']) {
    test(`R06 a connection that both read from goes on when the ${leaver} closes its own`, () =>
      fixture('r06-active-watcher', leaver));
  }
  test("R06 an idle child uses no processor, and nothing of the parent's loop wakes it", () =>
    fixture('r06-idle-child'));
  test('R10 new watches on a file and on a directory work in the child', () => fixture('r10-new-file-watch'));
  test('R11 a file watch that was started before reports in the child, too', () =>
    fixture('r11-inherited-file-watch'));
  test('R11 a watch that cannot be made anew is not there, and the child lives', () =>
    fixture('r11-lost-file-watch'));
  for (const which of ['one', 'several', 'closed before', 'closed after', 'promises']) {
    test(`R11 R15 a fork in the listener of a file watch that returns (${which})`, () =>
      fixture('r15-file-listener', which));
  }
  test('R15 a fork while a connection is about to be watched for something else', () =>
    fixture('r15-changing-watches'));

  test.skipIf(descriptors < 2300)(
    'R15 a fork while more descriptors are ready than are asked for at a time',
    () => fixture('r15-many-ready'),
  );
  test("with a limit below the loop's descriptors fork refuses, and there is no broken child", () =>
    fixture('limit-lowered'));
  for (const callback of [
    'timer',
    'interval',
    'immediate',
    'nextTick',
    'microtask',
    'promise',
    'fs callback',
    'signal listener',
    "'exit' of a child_process",
    "'close' of a child_process with output",
    'message',
    'beforeExit listener',
    'uncaughtException listener',
    "'exit' listener at the natural end",
    "'exit' listener after process.exit",
    'HTTP request listener',
  ]) {
    test(`R15 a fork inside a callback leaves a working child: ${callback}`, () =>
      fixture('r15-inside-callback', callback));
  }
});

describe('thread pool', () => {
  for (const size of ['1', '4', '16']) {
    const withPool = (name: string) => pass(`runtime/${name}`, { env: { UV_THREADPOOL_SIZE: size } });
    test(`R12 work in the pool completes in child and parent (threads: ${size})`, () =>
      withPool('r12-pool-in-child'));
    test(`R13 work in flight at fork completes in both, and both end by themselves (threads: ${size})`, () =>
      withPool('r13-pool-in-flight'));
    test(`R13 so it does over generations (threads: ${size})`, () => withPool('r13-generations'));
  }
  test('R13 a request that does not end: ERR_FORK_BUSY, nothing changed, and a later fork works', () =>
    fixture('r13-busy-pool'));
  test('R13 a pool whose size was changed for children only', () => fixture('r13-pool-size'));
  test('R13 a child whose size was set after its pool began ends with work in flight', () =>
    fixture('r13-set-in-child'));
  test.each([
    ['after', '2'],
    ['after', '16'],
    ['before', '2'],
    ['before', '16'],
  ])('R13 a pool older than the package; its size was set %s it began, to %s', (when, size) =>
    fixture('r13-size-set', when, size),
  );
  test.each([
    ['all the threads that it can have', '-1'],
    ['one thread', '4294967297'],
  ])('R13 a pool for which libuv starts %s, by a size of %s', (_, size) =>
    pass('runtime/r13-size-set', { args: ['before', size], env: { UV_THREADPOOL_SIZE: size } }),
  );
  test('R13 a request that takes seconds: ERR_FORK_BUSY until it is done', () => fixture('r13-long-request'));
});

test('TLS and crypto in children that are forked while Node reads its certificates', () =>
  fixture('certificates'));

describe('Workers', () => {
  const stops = test.skipIf(process.platform !== 'linux');
  stops('R01 R02 Workers stand still in the child, and go on in the parent', () => fixture('r01-workers'));
  stops('R20 no lock that a Worker holds at the fork is held in the child', () =>
    pass('runtime/r20-workers', { timeout: 110_000 }),
  );
  stops('R20 what leads to the threads of Workers is cut off in the child', () =>
    fixture('r20-threads-of-workers'),
  );
  test('R01 Workers that are ended in the midst of a call of the package', () =>
    fixture('r01-worker-terminated'));
  test.runIf(process.env.JUST_FORK_PRELOAD?.includes('libasan'))(
    'R01 Workers that have ended leave no memory of the package (AddressSanitizer)',
    async () => {
      const ASAN_OPTIONS = `${process.env.ASAN_OPTIONS}:detect_leaks=1:abort_on_error=0:exitcode=0`;
      const { stderr } = await pass('runtime/r01-workers-end', { env: { ASAN_OPTIONS } });
      expect(stderr).toMatch(/LeakSanitizer/); // what lives as long as the process is told of, too, once
      const leaks = stderr.split('\n\n').filter((leak) => /leak of \d+ byte\(s\) in \d\d+ /.test(leak));
      expect(leaks.filter((leak) => leak.includes(' in just_fork::'))).toEqual([]);
    },
  );
  test('R03 new Workers run in children and grandchildren', () => fixture('r03-worker-in-child'));
});

describe('V8', () => {
  // A small young generation makes for many collections.
  test('R16 a child of a parent in the middle of garbage collection collects its own', () =>
    pass('runtime/r16-garbage', { nodeArgs: ['--max-semi-space-size=2'] }));
  test.skipIf(process.platform !== 'linux')(
    'R16 a fork leaves out what the young generation has no objects in, and that alone',
    () => fixture('young-generation'),
  );
  test.skipIf(process.platform !== 'linux')('R16 and what it keeps of the old one and does not use', () =>
    pass('runtime/freed-chunks', { nodeArgs: ['--expose-gc'] }),
  );
  test.skipIf(process.platform !== 'linux')('R16 what the heap grows by lies in few mappings', () =>
    pass('runtime/side-by-side', { nodeArgs: ['--expose-gc'] }),
  );
  // Other allocators keep to themselves what they have, and what they give back.
  test.skipIf(process.platform !== 'linux' || process.env.JUST_FORK_PRELOAD !== undefined)(
    'R16 a fork leaves out what C’s heap has and nobody uses',
    () => pass('runtime/c-heap', { nodeArgs: ['--expose-gc'] }),
  );
  test('R17 code that gets hot only in the child is optimised there', () =>
    pass('runtime/r17-hot-code', { nodeArgs: ['--allow-natives-syntax'] }));
  test.each([[], ['--random-seed=42']])(
    'R22 Math.random differs between parent, siblings and grandchildren %s',
    (...nodeArgs) => pass('runtime/r22-math-random', { nodeArgs }),
  );
  test('R22 nor is it one in functions and modules that are compiled into a context of node:vm', () =>
    pass('runtime/r22-compiled', { nodeArgs: ['--experimental-vm-modules', '--no-warnings'] }));
  test('R23 crypto draws no duplicates in parent, siblings and grandchildren', () => fixture('r23-crypto'));
  test.each(['in a hook', 'in children'])('R23 nor where the first bytes are drawn %s', (where) =>
    fixture('r23-drawn-first', where),
  );
  test.each(['mocked', 'assigned', 'all'])('R23 nor where stubs are there at the first fork: %s', (how) =>
    fixture('r23-stubs', how),
  );
  test('R38 memory is private after fork, SharedArrayBuffer included', () => fixture('r38-memory'));
});

describe('ends', () => {
  test('R18 children of a busy parent end by every normal way', () => fixture('r18-busy-parent'));
  test('R18 long work of V8 threads makes room for a fork, and goes on in both', () =>
    pass('runtime/r18-long-job', {
      nodeArgs: ['--no-wasm-lazy-compilation', '--no-liftoff', '--no-wasm-dynamic-tiering'],
    }));
  test('R19 a child that reaches the end of its script exits with 0', () => fixture('r19-end-of-script'));

  for (const [way, code, who] of [
    ['process.exit', 3, ['parent', 'child']],
    ['natural end', 0, ['parent', 'child']],
    ['_exit', 4, []],
  ] as const) {
    const which = who.length > 0 ? 'inherited and own run' : 'none runs';
    test(`R24 R25 of the 'exit' listeners in a child that ends by ${way}, ${which}`, async () => {
      const { stdout } = await pass('runtime/r24-exit-listeners', { args: [way] });
      const child = /child (\d+) ended (\d+)\n$/.exec(stdout);
      expect(child?.[2]).toBe(String(code));
      expect(stdout).toBe(who.map((name) => `${name}'s, pid ${child?.[1]}\n`).join('') + child?.[0]);
    });
  }

  test('R25 a process that was not forked ends with the whole of Node’s shutdown, though it has forked', async () => {
    const { stdout, stderr } = await pass('runtime/r25-not-forked', { nodeArgs: ['--trace-exit'] });
    expect({ stdout, stderr }).toEqual({ stdout: 'heard\n', stderr: '' });
  });

  for (const kind of ['error', 'error in a timer', 'rejection']) {
    test(`R26 R27 an uncaught ${kind} in the child: stack, code 1, and the parent goes on`, async () => {
      const { code, stdout, stderr } = await run('runtime/r26-uncaught', { args: [kind] });
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'parent is well\n' });
      expect(stderr.match(/^Error: the child fails$/gm)).toHaveLength(1);
      expect(stderr).toMatch(/r26-uncaught\.js:\d+:\d+\)/);
      expect(stderr).toMatch(/^Node\.js v/m);
      if (kind !== 'rejection') expect(stderr).toMatch(/at (?:Timeout\.)?(?:faulty|.*\[as _onTimeout\])/);
    });
  }
  test('R26 an error in a callback of a watch is an uncaught one: code 1, or its listener, and the loop goes on', async () => {
    const { code, stderr } = await run('runtime/r26-callback-throws');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error: call 1$/m);
    const caught = await run('runtime/r26-callback-throws', { args: ['caught'] });
    expect(caught).toMatchObject({ code: 0, stdout: 'went on\n', stderr: '' });
  });
  test("R26 a child that emits 'uncaughtException' by hand, which nobody hears, goes on and ends as any other", () =>
    fixture('r26-emitted'));
  test("R27 an unhandled rejection in the child reaches its 'uncaughtException' listener", () =>
    fixture('r27-rejection-caught'));
});
