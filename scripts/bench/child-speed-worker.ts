// One measurement: child-speed-worker plain|forked KIND. Forked, the process itself does none of the work, so that the
// child compiles it as the plain process does.

import { answer } from './run';
import { type Kind, timeOf } from './work';

const [how, kind] = process.argv.slice(2) as ['plain' | 'forked', Kind];

function timeInChild(): number {
  const os = require('just-fork') as typeof import('just-fork');
  const [readEnd, writeEnd] = os.pipe();
  const pid = os.fork();
  if (pid === 0) {
    os.write(writeEnd, String(timeOf(kind)));
    os._exit(0);
  }
  os.close(writeEnd);
  const time = Number(os.read(readEnd).toString());
  const [, status] = os.waitpid(pid);
  if (status !== 0) throw new Error(`The child ended with status ${status}`);
  return time;
}

answer(how === 'forked' ? timeInChild() : timeOf(kind));
