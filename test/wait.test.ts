import { spawnSync } from 'node:child_process';
import { test } from 'vitest';
import { has, pass } from './run';

const onlyLinux = test.skipIf(process.platform !== 'linux');

test('W01 wait() blocks until some child ends, and returns its pid and status', () =>
  pass('wait/w01-wait-blocks'));

test('W02 waitpid(pid) returns that child even if another ended first, which stays waitable', () =>
  pass('wait/w02-specific-child'));

test('W03 a reaped child is ECHILD to wait and ESRCH to kill; so is whoever is no child', () =>
  pass('wait/w03-reaped'));

test('W04 W05 WNOHANG is [0, 0] for a running child, and reaps one that has ended', () =>
  pass('wait/w04-wnohang'));

test('W06 B07 without children wait and waitpid are ECHILD, blocking or not, also beside child_process', () =>
  pass('wait/w06-no-children'));

test('W06 a wildcard takes no program of another thread, from the main thread and from a Worker', () =>
  pass('wait/beside-workers'));

test('W08 waitpid(0) waits for children of the caller’s own group only', () => pass('wait/w08-own-group'));

test('W09 waitpid(-pgid) waits for children of that group only, with WNOHANG and WUNTRACED, too', () =>
  pass('wait/w09-group'));

test('W10 waiting until ECHILD gives as many results as children forked', () =>
  pass('wait/w10-until-echild'));

test('W12 wait3 and wait4 return pid, status and resource usage', () => pass('wait/w12-usage'));

test('W14 W15 W16 W17 W18 W19 W20 W21 waitid tells how a child ended, stopped or went on', () =>
  pass('wait/w14-waitid'));

test('W22 W23 W24 stops and resumptions are reported if asked for, and only then', () =>
  pass('wait/w22-stopped'));

test('W25 W26 waitall reaps every child; detach reaps one as soon as it ends', () => pass('wait/w25-all'));

test('W27 children that ended together are all collected at one SIGCHLD', () => pass('wait/w27-one-sigchld'));

test('W28 timers fire while waitpidAsync waits', () => pass('wait/w28-loop-goes-on'));

test('W28 several waitpidAsync at once reap each its own child, and no other', () =>
  pass('wait/w28-several-at-once'));

test('W28 a waitpidAsync that is pending in the parent neither settles in a child nor keeps it alive', () =>
  pass('wait/w28-not-in-the-child'));

test('W29 an AbortSignal ends a pending waitpidAsync, and the child stays to be reaped', () =>
  pass('wait/w29-abort'));

test('W28 W29 W30 the waits for any child as promises: woken by the kernel, aborted, and beside child_process', () =>
  pass('wait/w28-any-async'));

test('W28 a wait for any child finds a later one though SIGCHLD is taken away while it waits', () =>
  pass('wait/w28-signal-lost'));

test('W30 wildcard waits never take a child of child_process', () => pass('wait/w30-beside-child-process'));

test('W22 W30 a wildcard wait beside child_process sleeps until SIGCHLD, handled, ignored or blocked', () =>
  pass('wait/w30-told'));

test('W30 a SIGCHLD-driven reaper does not break programs that are run synchronously', () =>
  pass('wait/w30-reaper'));

test('W28 W29 waitpidAsync works without pidfd, through SIGCHLD', () => pass('wait/w-without-descriptors'));

test('W28 waitpidAsync works without pidfd and SIGCHLD, and while a test has faked timers', () =>
  pass('wait/fake-timers'));

test('W28 a waitpidAsync through SIGCHLD neither settles in a child nor keeps it alive', () =>
  pass('wait/w-without-descriptors-child'));

onlyLinux('W30 wait() beside child_process finds its children when no descriptor is left', () =>
  pass('wait/w-without-descriptors-wildcard'),
);

test.runIf(process.platform === 'linux' && has('python3'))(
  'W33 S30 a pidfd is readable once its process has ended, and signals it',
  () => pass('wait/w33-pidfd'),
);

const nextPid = 'echo 100 > /proc/sys/kernel/ns_last_pid';
test.skipIf(
  spawnSync('unshare', ['--map-root-user', '--pid', '--fork', '--mount-proc', 'sh', '-c', nextPid]).status !==
    0,
)(
  'P11 W30 who holds a child that somebody else has reaped leaves alone the program that has its pid now',
  () => pass('wait/reused-pid'),
);

test('E01 signals that come faster than a wait looks again do not keep it from looking', () =>
  pass('wait/e01-often'));

test('E01 E02 no wait or read fails with EINTR, and the signal’s listener runs by the next turn', () =>
  pass('wait/e01-eintr'));

test('many waits for any child at a time, and no listener of the program’s', () => pass('wait/many-waits'));
