// One measurement: trace-cost-worker plain|traced. Milliseconds of a thousand calls that write one event each, once V8 has
// compiled them.

import * as os from 'just-fork';
import { answer } from './run';

const CALLS = 1000;
const self = os.getpid();

/** To this process, which goes on anyway: the cheapest call that a trace tells of. */
function send(): number {
  const start = performance.now();
  for (let i = 0; i < CALLS; i++) os.kill(self, 'SIGCONT');
  return performance.now() - start;
}

if (process.argv[2] === 'traced') os.startTrace();
let time = 0;
for (let i = 0; i < 20; i++) time = send();
answer(time);
