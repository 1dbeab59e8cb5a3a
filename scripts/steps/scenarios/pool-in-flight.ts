// Twelve requests are in libuv's thread pool at the fork. The child sees them complete, and ends by itself.
import * as crypto from 'node:crypto';
import * as os from 'just-fork';
import { judge } from './help';

const REQUESTS = 12;
let completed = 0;
os.waitpid(os.fork(() => 0)); // the first fork takes longer, and the requests must not be done by then
for (let i = 0; i < REQUESTS; i++) {
  crypto.pbkdf2('secret', 'salt', 40_000, 32, 'sha256', () => completed++);
}
const pid = os.fork({ timeout: 10_000 });
if (pid > 0) judge(pid, REQUESTS);
process.on('exit', () => {
  process.exitCode = completed;
});
