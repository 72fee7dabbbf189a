import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { SkippedReporter } from './test/helpers/skipped-reporter.ts';

const source = join(import.meta.dirname, 'src/');
// Of the store on PostgreSQL, `npm test` tries the conformance suite and what several servers share: see `npm run test:postgres`.
const isWholeOfPostgres =
  process.env.FLUX_MIRROR_TEST_STORE === 'postgres' || process.env.THOROUGH === 'true';
const SLOW_ON_POSTGRES = [
  'test/store/postgres/!(conformance).test.ts',
  'test/cluster/!(any-server|coalescing|rate-limit).test.ts',
];
const builtWorker = join(import.meta.dirname, 'test/helpers/built-worker.ts');

// The same code runs in hundreds of commands and search threads, and is compiled for each where Node can't keep it (before 22.1).
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  plugins: [
    {
      name: 'built-worker',
      enforce: 'pre',
      resolveId: (id, importer) =>
        id.endsWith('/lib/worker.ts') && importer?.startsWith(source) ? builtWorker : undefined,
    },
  ],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(isWholeOfPostgres ? [] : SLOW_ON_POSTGRES)],
    globalSetup: 'test/helpers/build.ts',
    testTimeout: process.env.THOROUGH === 'true' ? 600_000 : 60_000,
    // The first hook of a worker may start a PostgreSQL server, for which a busy machine needs more than the usual 10 s.
    hookTimeout: 60_000,
    // How long to wait for what happens by itself; no bound of a promise.
    expect: { poll: { timeout: 10_000 } },
    reporters: ['default', new SkippedReporter()],
    pool: 'forks',
    // More than two cores have: some tests wait for what takes its time.
    maxWorkers: 4,
    // Nothing of ours works at import time, so files may share what they import: a fifth of the time.
    isolate: false,
  },
});
