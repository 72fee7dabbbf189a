import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/build.ts',
    testTimeout: 20_000,
    pool: 'forks',
    maxWorkers: 3,
    // Nothing of ours works at import time, so files may share what they import: a fifth of the time.
    isolate: false,
  },
});
