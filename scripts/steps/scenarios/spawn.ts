// A program is started after a fork: is the heap marked as not for it?
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as os from 'just-fork';
import { say } from './help';

const keptOut = () => readFileSync('/proc/self/smaps', 'utf8').match(/^VmFlags:.* dc\b/gm)?.length ?? 0;

const before = keptOut();
os.waitpid(os.fork(() => 0));
spawnSync('true');
say(keptOut() > before / 2 ? 'good' : 'heap is copied');
