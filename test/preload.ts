import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { newFolder } from './run';

/** The environment in which test/fixtures/SOURCE.cc, a library that holds a call back or forbids one, is loaded before Node. */
export function preloaded(source: string): { LD_PRELOAD: string } {
  const library = join(newFolder(), `${basename(source)}.so`);
  const file = join(__dirname, 'fixtures', `${source}.cc`);
  execFileSync('g++', ['-shared', '-fPIC', '-O1', '-o', library, file]);
  return { LD_PRELOAD: [process.env.JUST_FORK_PRELOAD, library].filter(Boolean).join(':') };
}
