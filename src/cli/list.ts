import { bold, dim } from './colour.js';
import { demos } from './demos.js';

export function list(json: boolean): void {
  const all = demos();
  if (json) {
    console.log(JSON.stringify(all, null, 2));
    return;
  }
  const width = Math.max(...all.map(({ name }) => name.length));
  for (const { name, summary } of all) console.log(`  ${bold(name.padEnd(width))}  ${summary}`.trimEnd());
  console.log(dim('\nnpx just-fork run NAME, npx just-fork source NAME; npx just-fork --help'));
}
