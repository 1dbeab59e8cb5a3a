// The types of results and options. The programs are compiled with all others, under exactOptionalPropertyTypes: that is one
// half of each test, and running them is the other.

import { test } from 'vitest';
import { pass } from './run';

test.skipIf(process.platform !== 'linux')('names of signals, real-time ones, too', () =>
  pass('types/signal-names'),
);
test('options that are undefined', () => pass('types/undefined-options'));
