// Where the time of one fork goes, in the parent and in the child. The clock is the same in both, and the child sends
// its times through a pipe once it has taken them.

import * as os from 'just-fork';
import type { native as Native } from '../../src/native';

const native = require('../../../build/Release/just_fork.node') as typeof Native;

export const STEPS = ['JS before', 'native, parent', 'until JS, child', 'JS after, child'] as const;
export type Steps = Record<(typeof STEPS)[number], number>;

const now = () => performance.now();

export function timeSteps(): Steps {
  const [readEnd, writeEnd] = os.pipe();
  const { fork } = os;
  const nativeFork = native.fork;
  let called = 0;
  let returned = 0;
  native.fork = (...args) => {
    called = now();
    const result = nativeFork(...args);
    returned = now();
    return result;
  };
  const started = now();
  const pid = fork();
  const done = now();
  if (pid === 0) {
    os.write(writeEnd, new Float64Array([returned, done]));
    os._exit(0);
  }
  native.fork = nativeFork;
  const sent = os.read(readEnd);
  os.waitpid(pid);
  os.close(readEnd);
  os.close(writeEnd);
  const inChild = sent.readDoubleLE(0);
  return {
    'JS before': called - started,
    'native, parent': returned - called,
    'until JS, child': inChild - called,
    'JS after, child': sent.readDoubleLE(8) - inChild,
  };
}
