import { test } from 'vitest';
import { pass, scripted } from './run';

const onTerminal = test.runIf(scripted);
const onlyLinux = test.skipIf(process.platform !== 'linux');

test('G01 G02 G03 G06 G07 G08 G09 process groups and sessions, and the signals that reach them', () =>
  pass('groups/g01-groups'));

onTerminal('tcsetpgrp: the errors, and SIGTTOU', () => pass('groups/tcsetpgrp'));

test('G14 daemon: a new pid and session, "/" and /dev/null, open files kept, listeners run once', () =>
  pass('groups/g14-daemon'));

test('G14 daemon: the working directory and 0 to 2 are kept, if it is told so', () =>
  pass('groups/g14-daemon', { args: ['keep'] }));

onlyLinux(
  'G14 daemon: 0 to 2 are on /dev/null, also for the next program, where some of them were closed',
  () => pass('groups/g14-daemon-closed'),
);

for (const how of ['ref', 'unref']) {
  test(`G14 daemon: stdin that is read (${how}) and output that waits are ended, and no harm comes of it`, () =>
    pass('groups/g14-daemon-streams', { args: [how] }));
}

test('G14 daemon: output that waits is written, where the streams are kept', () =>
  pass('groups/g14-daemon-output'));

onTerminal('G14 daemon: it has left the terminal, in JavaScript, too', () =>
  pass('groups/g14-daemon-terminal'),
);

test('G15 G16 priorities and resource limits', () => pass('groups/g15-limits'));
