import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/scratch.ts'],
    pool: 'forks',
    // Every test starts processes of its own; two test files at a time are enough for two cores.
    maxWorkers: 2,
    testTimeout: process.env.JUST_FORK_PRELOAD ? 240_000 : 120_000, // see test/run.ts
  },
});
