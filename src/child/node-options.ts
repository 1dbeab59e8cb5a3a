// The options of Node that this process was started with. They are read when the package is loaded: a program may change its
// environment and its folder later.

import { readFileSync } from 'node:fs';

/** From Node 22 on there may be a file with more of them; the older name without a value means this one. */
const CONFIGURATION = /^--(?:experimental-)?(?:default-)?config-file(?:=(.*))?$/;
const DEFAULT_FILE = 'node.config.json';

const given = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
const names = new Set([...given.map(nameOf), ...given.flatMap(configured)]);

/** @param option its name, with both hyphens. */
export function startedWith(option: string): boolean {
  return names.has(option);
}

/** Node takes --cpu_prof for --cpu-prof, too, and V8 its own options with one hyphen. */
function nameOf(option: string): string {
  return (option.split('=')[0] as string).replace(/^-(?=\w\w)/, '--').replace(/(?<=\w)_/g, '-');
}

/** The names in a configuration file; of none that may not be read. */
function configured(option: string): string[] {
  const match = CONFIGURATION.exec(option);
  if (match === null) return [];
  try {
    const { nodeOptions } = JSON.parse(readFileSync(match[1] || DEFAULT_FILE, 'utf8'));
    return Object.entries(nodeOptions).flatMap(([name, value]) => (value === false ? [] : [`--${name}`]));
  } catch {
    return [];
  }
}
