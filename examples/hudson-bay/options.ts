import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { POPULATION } from './evolve.js';

export interface Options {
  readonly slots: number;
  readonly generations: number;
  readonly seed: number;
  readonly serial: boolean;
  readonly svg: string;
}

const HELP = `Usage: hudson-bay [options]

Fits the Lotka-Volterra equations to the pelt counts of the Hudson's Bay Company, with a genetic algorithm that evaluates
each generation in forked children; then once more without, to compare.

  --slots <n>        how many children run at the same time (default: 8)
  --generations <n>  how many generations of ${POPULATION} to evaluate (default: 12)
  --seed <n>         start of the random numbers; the same seed, the same answer (default: 1)
  --serial           evaluate in this process alone: no forks, nothing to compare
  --svg <file>       where to write the picture (default: "hudson-bay.svg")
  -h, --help         this text`;

/** Reads the command line; after a bad value it prints what is wrong and ends the process with code 1. */
export function readOptions(argv: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: argv.slice(2),
      options: {
        slots: { type: 'string', default: '8' },
        generations: { type: 'string', default: '12' },
        seed: { type: 'string', default: '1' },
        serial: { type: 'boolean', default: false },
        svg: { type: 'string', default: 'hudson-bay.svg' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    return {
      slots: wholeNumber('--slots', values.slots, 1, POPULATION),
      generations: wholeNumber('--generations', values.generations, 1, 100_000),
      seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
      serial: values.serial,
      svg: writableFile('--svg', values.svg),
    };
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    process.exit(1);
  }
}

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw new Error(`${option} ${text}: it must be a whole number from ${from} to ${to}.`);
}

/** Checked before the run, because the picture is written after it. */
function writableFile(option: string, file: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${option} ${file}: it is a directory.`);
  }
  try {
    accessSync(path.dirname(file), constants.W_OK);
  } catch {
    throw new Error(`${option} ${file}: nothing can be written to the directory "${path.dirname(file)}".`);
  }
  return file;
}
