// One temporary folder for all that the tests and their programs write, which goes with them. Its name is short: paths of
// sockets are in it, which on macOS have 103 characters at most.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'just-fork-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
