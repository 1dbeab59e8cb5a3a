// What the benchmark has to say, as a table or as JSON.

import { cpus, loadavg } from 'node:os';

export interface Row {
  name: string;
  /** Milliseconds, by what they are the time of; in the sections on pools and on the server, by their unit. */
  values: Record<string, number>;
  /** Empty where there is nothing to compare: the row is information. */
  ratios: Ratio[];
}

export interface Ratio {
  of: string;
  value: number;
  /** The ratio is to be no larger than this; null where there is no such wish. */
  target: number | null;
  /** It is to be no smaller. */
  atLeast?: true;
}

export interface Section {
  title: string;
  rows: Row[];
  /** What a reader needs to know to judge the numbers. */
  notes: string[];
}

/** The ratio of two of the values of a row. */
export function ratio(values: Record<string, number>, of: string, to: string, target: number | null): Ratio {
  return { of: `${of}/${to}`, value: (values[of] ?? Number.NaN) / (values[to] ?? Number.NaN), target };
}

export function atLeast(of: string, value: number, target: number): Ratio {
  return { of, value, target, atLeast: true };
}

/** What others were doing on this machine when the benchmark began: of what they disturb, a reader should know. */
const [load = Number.NaN] = loadavg();

export function machine() {
  const [first] = cpus();
  return {
    node: process.version,
    cpu: first?.model ?? 'unknown CPU',
    cores: cpus().length,
    load: Number(load.toFixed(1)),
    date: new Date().toISOString().slice(0, 10),
  };
}

export function printTable(sections: readonly Section[]): void {
  const rows = sections.flatMap(({ rows }) => rows);
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  // A row without ratios may go on where others have theirs.
  const compared = rows.filter(({ ratios }) => ratios.length > 0);
  const valuesWidth = Math.max(0, ...compared.map((row) => valuesText(row).length));
  for (const { title, rows, notes } of sections) {
    console.log(`\n${title}`);
    for (const row of rows) {
      const line = `  ${row.name.padEnd(nameWidth)}  ${valuesText(row).padEnd(valuesWidth)}  ${ratiosText(row)}`;
      console.log(line.trimEnd());
    }
    for (const note of notes) console.log(`  (${note})`);
  }
  const { node, cpu, cores, load, date } = machine();
  console.log(`\nNode ${node}, ${cpu}, ${cores} cores, load ${load} at the start, ${date}`);
}

export function printJson(sections: readonly Section[]): void {
  const withVerdicts = sections.map((section) => ({
    ...section,
    rows: section.rows.map((row) => ({
      ...row,
      ratios: row.ratios.map((ratio) => ({ ...ratio, met: isMet(ratio) })),
    })),
  }));
  console.log(JSON.stringify({ ...machine(), unit: 'ms', sections: withVerdicts }, null, 2));
}

/** As it is printed: 1.10 is within 1.1. */
function isMet({ value, target, atLeast }: Ratio): boolean | null {
  if (target === null) return null;
  const printed = Number(value.toFixed(2));
  return atLeast ? printed >= target : printed <= target;
}

function valuesText({ values }: Row): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${milliseconds(value).padStart(6)}`)
    .join('  ');
}

/** Counts as they are; else three digits, as far as they go behind the point. */
function milliseconds(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);
}

function ratiosText({ ratios }: Row): string {
  return ratios
    .map((ratio) => {
      const met = isMet(ratio);
      const target = `${ratio.atLeast ? 'at least ' : ''}${ratio.target?.toFixed(2)}`;
      const verdict = met === null ? '' : ` (target ${target}: ${met ? 'met' : 'NOT met'})`;
      return `${ratio.of} ${ratio.value.toFixed(2)}${verdict}`;
    })
    .join('  ');
}
