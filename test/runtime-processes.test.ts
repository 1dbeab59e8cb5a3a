import { test } from 'vitest';
import { pass } from './run';

const fixture = (name: string, ...args: string[]) => pass(`runtime/${name}`, { args });
const linux = process.platform === 'linux';

test.runIf(linux)(
  'F05 pid, ppid and title are right in each of five generations, also where imported by name',
  () => fixture('f05-pids'),
);
test('F05 the pid is right in a module that imported it before just-fork was loaded', () =>
  fixture('f05-imported-sooner'));
test('R35 programs run before, between and after forks, in parent, children and grandchildren', () =>
  fixture('r35-programs'));
for (const stdio of ['ignore', 'inherit', 'pipe']) {
  test(`R35 programs that run at fork do not keep the child alive, nor tell it of their end (${stdio})`, () =>
    fixture('r35-running-programs', stdio));
}
test('R35 a fork by a listener for the end of one program, when two have ended in one SIGCHLD', () =>
  fixture('r35-one-sigchld'));
test('R35 what a program has not taken of its input is the parent’s to write', () =>
  fixture('r35-unwritten'));

test('R35 a message that is there when the callback before it forks is the parent’s', () =>
  fixture('r35-one-batch'));

test("R35 the output of a program that runs at fork is all the parent's", () =>
  fixture('r35-program-output'));
test("R35 the channel of child_process.fork to the parent's parent stays the parent's", () =>
  fixture('r35-channel'));

test('R35 the same where a test runner has a copy of process, as Jest in its workers', () =>
  fixture('r35-copied-process'));
test.each(['after', 'before'])(
  'R35 messages of a program are the parent’s; it was started %s the package was loaded',
  (when) => fixture('r35-programs-channel', when),
);
test.runIf(linux)('R35 programs of a child are handed nothing in the place of its parent’s pipes', () =>
  fixture('r35-handed-on'),
);
test.runIf(linux)("R36 none of the library's descriptors is open in a child, or left open", () =>
  fixture('r36-descriptors'),
);
test('R37 orphans are re-parented to the same adopter', () => fixture('r37-orphans'));
