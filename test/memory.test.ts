import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { has, nodeMajor, pass } from './run';

test('sharedMemory is one memory over fork, with atomics between processes, and is freed', () =>
  pass('memory/shared', { nodeArgs: ['--expose-gc'] }));

test.skipIf(nodeMajor < 22)(
  'memory that is shared does not leave its thread, which it does not outlive',
  () => pass('memory/transfer'),
);

test('mutexes, semaphores and barriers lie where they are told to, and refuse what they cannot do', () =>
  pass('memory/places'));

test('a mutex lets one process in at a time; twice is EDEADLK, and a child holds nothing', () =>
  pass('memory/mutex'));

test('a mutex whose holder died, in whatever way, goes to the next, who is told', () =>
  pass('memory/mutex-deaths', { nodeArgs: ['--expose-gc'] }));

test.each(['end', 'exit', 'exec', 'child'])('… and so at the end of a whole program: %s', async (way) => {
  expect((await pass('memory/mutex-exit', { args: [way] })).stdout).toBe('recovered\n');
});

test('a Worker is refused a mutex; semaphore and barrier serve it', () => pass('memory/mutex-worker'));

test('a semaphore lets in as many as it counts, loses no wake-up, and is EOVERFLOW at its end', () =>
  pass('memory/semaphore'));

test('a barrier lets all go at once, round after round, and breaks instead of waiting for ever', () =>
  pass('memory/barrier'));

test('a semaphore and a barrier are waited for by promises, too: the event loop goes on, and nothing is left behind', () =>
  pass('memory/async'));

test('… without a descriptor that is free they reject, and nobody is waited for in vain', () =>
  pass('memory/async-without-descriptors'));

test.each(['semaphore', 'barrier'])('… three processes mix both ways: %s', (what) =>
  pass('memory/async-crowd', { args: [what] }),
);

test.each(['exit', 'worker-exit', 'worker-terminated'])(
  '… a program that ends while they wait: %s',
  async (way) => {
    expect((await pass('memory/async-exit', { args: [way] })).stdout).toBe('ended\n');
  },
);

// On macOS the lock is one that nothing but fcntl waits for.
describe.skipIf(process.platform === 'darwin')('a mutex by promises', () => {
  test('lockAsync waits for another process or this one, and synchronizeAsync holds the lock for an async body', () =>
    pass('memory/async-mutex'));

  test('the next one is told of a holder that died, and no wake-up is lost with one that dies or gives up', () =>
    pass('memory/async-deaths'));

  test('three processes mix both ways', () => pass('memory/async-crowd', { args: ['mutex'] }));
});

test.runIf(process.platform === 'darwin')('on macOS lockAsync is ENOSYS', () => pass('memory/async-mac'));

/** What the kernel says on huge pages; '' where it has none. */
function hugePages(): string {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8');
  } catch {
    return '';
  }
}

describe('useHugePages', () => {
  test.runIf(/\[(always|madvise)\]/.test(hugePages()))(
    'the heap grows in blocks of 2 MiB, which forks inherit, and which are given back',
    () => pass('memory/huge-pages', { nodeArgs: ['--expose-gc'] }),
  );

  test.runIf(process.platform !== 'linux' || has('python3'))(
    'false where there are none, and nothing is changed',
    () => pass('memory/huge-pages-none'),
  );
});
