import { test } from 'vitest';
import { pass } from './run';

const onlyLinux = test.skipIf(process.platform !== 'linux');

test('S02 S03 S04 S05 S06 the mask is what was asked for, the old one is returned, and what is no mask changes none', () =>
  pass('signals/s02-masks'));

test('S07 S08 S09 a blocked signal is pending, and delivered once, whatever threads there are', () =>
  pass('signals/s07-block-deliver'));

onlyLinux('S02 the kernel’s own threads of io_uring are not waited for', () =>
  pass('signals/beside-ring', { env: { UV_USE_IO_URING: '1' } }),
);

test('pthread_sigmask is the calling thread’s own', () => pass('signals/s08-one-thread'));

test('S05 a thread that blocks all that there is hears of sigprocmask in another', () =>
  pass('signals/s08-all-blocked'));

test('S10 S11 X17 a child has the mask, but nothing pending and no timer; exec keeps mask and what is ignored', () =>
  pass('signals/s10-child'));

onlyLinux('S12 S14 S15 S16 S17 S19 S24 E03 waiting for signals', () => pass('signals/s12-wait'));

test('S13 sigwaitAsync leaves the event loop free, can be aborted, and is the parent’s alone', () =>
  pass('signals/s13-async'));

test('S21 S22 sigsuspend and pause wait for a handler, and no signal is missed', () =>
  pass('signals/s21-suspend'));

test('S23 S28 S31 each signal reaches its listener, also after one that throws, by the next turn', () =>
  pass('signals/s28-listeners'));

test('S29 alarm, setitimer, getitimer', () => pass('signals/s29-timers'));

test('sigaction, getdisposition and raise', () => pass('signals/sigaction'));

onlyLinux('masks work whatever disposition the program gives to any signal', () =>
  pass('signals/every-disposition'),
);

test('W31 with SIGCHLD ignored there are no zombies, and wait waits for the last to end', () =>
  pass('wait/w31-ignored'));
