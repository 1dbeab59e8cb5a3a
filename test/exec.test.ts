import { expect, test } from 'vitest';
import { pass, scripted } from './run';

const onlyLinux = test.skipIf(process.platform !== 'linux');

test('X01 X14 exec replaces the program: same pid, its own end, no listener', async () => {
  const { stdout } = await pass('exec/x01-replaces');
  expect(stdout).toBe('the parent ends\n');
});

test('X02 X03 X04 arguments are verbatim, the environment exact, and only the p forms search PATH', () =>
  pass('exec/x02-arguments'));

onlyLinux('X05 X06 X07 a failed exec throws with code and path, and everything goes on', () =>
  pass('exec/x05-failed', { nodeArgs: ['--expose-gc'] }),
);

test('X08 X09 X10 X11 each reason to refuse has its own code', () => pass('exec/x08-errors'));

onlyLinux('X13 exec by an open descriptor', () => pass('exec/x13-descriptor'));

onlyLinux('X15 X16 X18 the new program has nothing of Node: sockets, handlers, O_NONBLOCK', () =>
  pass('exec/x15-what-node-changed'),
);

onlyLinux('X15 descriptors that the program was given are given on, its own are not', () =>
  pass('exec/x15-inherited'),
);

test('X20 dup2 redirects the output of JavaScript and of the program that comes after it', async () => {
  const { stdout } = await pass('exec/x20-redirected');
  expect(stdout).toBe('before, to the parent’s own output\n');
});

onlyLinux('X20 dup2 redirects standard input from a pipe to a file and back', () => pass('exec/x20-back'));

test.runIf(scripted)('X20 the same on a terminal, which libuv has opened anew', () =>
  pass('exec/x20-terminal'),
);

for (const through of ['terminal', 'pipe']) {
  for (const onto of ['pipe', '/dev/null']) {
    test.runIf(scripted || through === 'pipe')(
      `X20 of a ${through} that is still open elsewhere, onto ${onto}`,
      () => pass('exec/x20-kept', { args: [through, onto] }),
    );
  }
}

test('a path that is none is told as the kernel tells it', () => pass('exec/not-a-directory'));
