import { test } from 'vitest';
import { pass } from './run';

const onlyLinux = test.skipIf(process.platform !== 'linux');

test('G10 kill(0, signal) reaches the caller’s own group', () => pass('posix/g10-own-group'));

test('G11 kill: ESRCH for nobody, EPERM for another user’s process, a bad signal is out of range', () =>
  pass('posix/g11-kill-errors'));

test('G12 kill(pid, 0) tells whether it exists and sends nothing; a reaped one does not', () =>
  pass('posix/g12-kill-null'));

test('G13 a signal is a number or a name with SIG; unknown and lower-case names are errors', () =>
  pass('posix/g13-signal-names'));

onlyLinux(
  'an orphan is adopted by who asks for it, and hears of its parent’s death by the signal it asks for',
  () => pass('posix/adoption'),
);

test('X21 a pipe carries data whole; its reader sees the end when the last writer has closed', () =>
  pass('posix/x21-pipe'));

onlyLinux('X22 a pipe is close-on-exec', () => pass('posix/x22-close-on-exec'));

test('X23 pipe2 sets the flags that it is given', () => pass('posix/x23-pipe2'));

test('X24 X25 X26 dup and dup2: close-on-exec or inheritable, and EBADF', () => pass('posix/x24-dup'));

test('X25 a file in the place of a standard stream takes no descriptor beside it', () =>
  pass('posix/x25-streams'));

onlyLinux('X28 a child that closes every descriptor leaves the parent’s open', () =>
  pass('posix/x28-close-all'),
);

test('X29 B08 a pipe without reader is EPIPE to its writer, and no death by SIGPIPE', () =>
  pass('posix/x29-epipe'));

test('X31 _exit and exit end the whole process with its threads; _exit runs no listener', () =>
  pass('posix/x31-exit'));

test('X21 read and write as promises, by pipes, sockets and files: the loop goes on, and sharers see no change', () =>
  pass('posix/x32-async'));

test('B01 every failing call throws an Error with code, errno and syscall, and leaves nothing stale', () =>
  pass('posix/b01-errors'));

test('B04 B05 B06 B08 bad and missing arguments throw, signal nobody and fork nothing', () =>
  pass('posix/b04-bad-arguments'));

test('B09 the caller’s objects are not modified, and may be frozen', () => pass('posix/b09-frozen-options'));

test('Q02 at the descriptor limit pipe fails with EMFILE, and leaks none', () =>
  pass('posix/q02-descriptor-limit'));

onlyLinux('Q04 300 rounds of fork and wait leave descriptors, threads, zombies and memory flat', () =>
  pass('posix/q04-many-rounds', { nodeArgs: ['--expose-gc'] }),
);

onlyLinux('S27 every call leaves the signal mask as it was, in parent and child', () =>
  pass('posix/s27-signal-mask'),
);

test('write() writes all bytes to a pipe, whatever signals come', () => pass('posix/write-interrupted'));
