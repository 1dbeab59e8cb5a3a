// The module that thread pools load into their Workers, and workerpool as well.

import { isMainThread } from 'node:worker_threads';
import type { Leaf } from '../memory';
import { holdMemory } from './hold';
import { scan, spin } from './work';

export function scanPart({ chunks, hold }: { chunks: Leaf[][]; hold: number }): number {
  const sum = scan(chunks);
  holdMemory(hold);
  return sum;
}

export { spin };

if (!isMainThread && process.argv.includes('workerpool')) {
  const { worker } = require('workerpool') as typeof import('workerpool');
  worker({ scanPart, spin });
}
