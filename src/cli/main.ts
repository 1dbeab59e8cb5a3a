#!/usr/bin/env node
// The command line: just-fork. What needs the addon loads it when it is called for, so that the rest works without.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { demoNamed } from './demos.js';
import { doctor } from './doctor.js';
import { list } from './list.js';
import { version } from './package.js';
import { onPrintError, print } from './print.js';
import { becomeNode } from './program.js';
import { trace } from './trace.js';
import { UsageError, unknown } from './usage.js';

const HELP = `just-fork: real fork(2) for Node.js

  just-fork [list] [--json]                     the demos
  just-fork run DEMO [-- arguments]             runs one
  just-fork source DEMO                         prints its TypeScript
  just-fork trace FILE [-o NAME] [-- arguments] runs a program (or a demo) that uses the library, and writes what all its
                                                processes did: NAME.svg, and NAME.trace.json for https://ui.perfetto.dev
                                                (NAME is the program's, in the working folder or in the one that is
                                                given as NAME)
  just-fork doctor [--json]                     whether fork works here, and what it lacks if not; exit code 0 or 1

  -h, --help, help   this text
  --version          the version of the package`;

const COMMANDS = ['list', 'run', 'source', 'trace', 'doctor', 'help'];

function main(): void {
  // What follows -- is the program's, whatever it looks like.
  const given = process.argv.slice(2);
  const dashes = given.indexOf('--');
  const [own, args] = dashes < 0 ? [given, []] : [given.slice(0, dashes), given.slice(dashes + 1)];
  const { values, positionals } = parse(own);
  const { json = false, output } = values;
  if (values.help || values.version || positionals[0] === 'help') {
    print(values.version ? version() : HELP);
    return;
  }

  const [command = 'list', name, ...more] = positionals;
  if (!COMMANDS.includes(command)) throw unknown('command', command, COMMANDS);
  const takesName = command !== 'list' && command !== 'doctor';
  const surplus = takesName ? more : [name, ...more].filter((one) => one !== undefined);
  if (surplus.length > 0) {
    const hint = command === 'run' || command === 'trace' ? ': arguments of the program come after --' : '';
    throw new UsageError(`Too much: ${surplus.join(' ')}${hint}`);
  }
  if (json && takesName) throw new UsageError(`--json is for list and doctor`);
  if (output !== undefined && command !== 'trace') throw new UsageError('--output is for trace');
  if (args.length > 0 && command !== 'run' && command !== 'trace') {
    throw new UsageError('Arguments after -- are for run and trace');
  }

  if (command === 'list') list(json);
  else if (command === 'doctor') process.exitCode = doctor(json);
  else if (command === 'source') printSource(name);
  else if (command === 'trace') trace(name, output, args);
  else run(name, args);
}

/** To stdout what is to be read; of what else belongs to it only the place, and not into a file to which stdout may lead. */
function printSource(name: string | undefined): void {
  const { source, beside } = demoNamed(name);
  process.stdout.write(readFileSync(source));
  if (beside.length > 0) process.stderr.write(`\nBeside it, in ${dirname(source)}: ${beside.join(', ')}\n`);
}

function run(name: string | undefined, args: readonly string[]): void {
  const { program } = demoNamed(name);
  becomeNode([program, ...args]);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        json: { type: 'boolean' },
        output: { type: 'string', short: 'o' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

onPrintError(fail);
try {
  main();
} catch (error) {
  fail(error);
}

function fail(error: unknown): void {
  const usage = error instanceof UsageError;
  const { message } = error as Error;
  process.stderr.write(`just-fork: ${message}\n${usage ? 'just-fork --help tells what there is\n' : ''}`);
  process.exitCode = usage ? 2 : 1;
}
