// A program that has made and dropped much forks: does the child get the memory in which nothing is?
import { readFileSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import * as os from 'just-fork';
import { say } from './help';

const anonymous = () =>
  Number(/^Anonymous: +(\d+) kB$/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]) * 1024;
const space = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
const resident = () => space()?.physical_space_size ?? 0;

const kept: object[][] = [];
while (resident() < 16 * 2 ** 20) {
  kept.push(Array.from({ length: 10_000 }, (_, i) => ({ i, list: [i] })));
  if (kept.length > 20) kept.shift();
}
const before = anonymous();
const unused = resident() - (space()?.space_used_size ?? 0);
os.waitpid(os.fork(() => 0));
say(before - anonymous() > unused / 2 ? 'good' : 'unused memory is copied');
