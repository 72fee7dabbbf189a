import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/helpers/skipped-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/helpers/build.ts',
    testTimeout: 20_000,
    reporters: ['default', new SkippedReporter()],
    pool: 'forks',
    maxWorkers: 3,
    // Nothing of ours works at import time, so files may share what they import: a fifth of the time.
    isolate: false,
  },
});
