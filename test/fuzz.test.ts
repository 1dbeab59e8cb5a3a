import { expect, test } from 'vitest';
import { pass } from './run';

test('B04 no argument makes any call crash, hang, signal somebody or throw what is no proper error', async () => {
  const { stdout } = await pass('fuzz/main', { timeout: 110_000 });
  expect(stdout).toMatch(/^seed \d+, \d+ runs\n$/);
});
