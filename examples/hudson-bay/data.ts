import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Pelts that came in during one year, in thousands. */
export interface Pelts {
  readonly year: number;
  readonly hare: number;
  readonly lynx: number;
}

// The compiled program lies in dist/examples/hudson-bay; the data stay with the sources.
const FILE = path.join(__dirname, '..', '..', '..', 'examples', 'hudson-bay', 'hudson-bay-lynx-hare.csv');

/** Reads the counts of the Hudson's Bay Company, one row a year, in order of years. */
export function readPelts(file = FILE): Pelts[] {
  const [header, ...rows] = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (header !== 'year,lynx,hare') throw new Error(`${file}: expected the columns year,lynx,hare`);
  return rows.map((row) => {
    const [year, lynx, hare] = row.split(',').map(Number);
    if (!(Number.isInteger(year) && isCount(lynx) && isCount(hare))) {
      throw new Error(`${file}: not a year and two counts: ${row}`);
    }
    return { year: year as number, hare, lynx };
  });
}

/** Logarithms are taken of every count, so none may be zero. */
function isCount(value: number | undefined): value is number {
  return value !== undefined && value > 0;
}
