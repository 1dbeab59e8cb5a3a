import { bold, dim } from './colour.js';
import { demos } from './demos.js';
import { print } from './print.js';

export function list(json: boolean): void {
  const all = demos();
  if (json) {
    print(JSON.stringify(all, null, 2));
    return;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, summary } of all) print(`  ${bold(name.padEnd(width))}  ${summary}`.trimEnd());
  print(dim('\nnpx just-fork run NAME, npx just-fork source NAME; npx just-fork --help'));
}
