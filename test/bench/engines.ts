/**
 * `npm run bench:engines`: PostgreSQL beside SQLite in one run, as ratios. PostgreSQL is a server of its own from Debian's package, whose
 * settings are in engines/engine.ts. `npm run bench:engines -- storing` measures only that part (storing, reading, searching).
 * BENCH_SIZES: numbers of tasks that are searched; BENCH_CORPUS: a file with prompts, as for bench:search.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import type { TaskId } from '../../src/task/id.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { type BenchDocument, makeDocuments } from './dataset.ts';
import { type Engine, POSTGRES_SETTINGS, startEngines } from './engines/engine.ts';
import { benchReading, benchServing } from './engines/reading.ts';
import { describeSearches, timeSearches } from './engines/searching.ts';
import { benchStoring } from './engines/storing.ts';
import { fillStore } from './search-dataset.ts';
import type { Timing } from './search-queries.ts';
import { storeInto } from './store-documents.ts';
import { printTable } from './table.ts';

const STORED = 10_000;
const READ = 100_000;
const SIZES = (process.env.BENCH_SIZES ?? '10000,1000000').split(',').map(Number);

const [wantedPart] = process.argv.slice(2);
const isWanted = (part: string) => wantedPart === undefined || wantedPart === part;

const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`,
  );
  console.log(`PostgreSQL: ${JSON.stringify(POSTGRES_SETTINGS)}`);
  const { sqlite, postgres } = await startEngines(directory);
  const engines = [sqlite, postgres] as const;
  const documents = makeDocuments(READ);
  if (isWanted('storing')) printTable('Storing', await benchStoring(engines, documents.slice(0, STORED)));
  if (isWanted('reading')) await benchReads(engines, documents);
  if (isWanted('searching')) await benchSearches(engines);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function benchReads(
  engines: readonly [Engine, Engine],
  documents: readonly BenchDocument[],
): Promise<void> {
  const mirror = 'reading';
  for (const engine of engines) {
    const store = await engine.open(mirror);
    await storeInto(store, documents);
    await store.recordHeartbeat(systemClock.now());
    await store.close();
    await engine.tidy(mirror);
  }
  const ids = documents.map(({ id }) => id as TaskId);
  printTable('Reading', await benchReading(engines, mirror, ids));
  printTable('Serving', await benchServing(engines, { mirror, ids, directory }));
}

async function benchSearches(engines: readonly Engine[]): Promise<void> {
  const prompts = readPrompts(process.env.BENCH_CORPUS);
  for (const engine of engines) {
    const timings = new Map<number, ReadonlyMap<string, Timing>>();
    for (const size of SIZES) {
      const mirror = `searching_${size}`;
      const store = await engine.open(mirror);
      await fillStore(store, prompts, size);
      await store.recordHeartbeat(systemClock.now());
      await engine.tidy(mirror);
      timings.set(size, await timeSearches(store, prompts));
      await store.close();
      await engine.remove(mirror);
    }
    const sizes = SIZES.map((size) => size.toLocaleString('en')).join(' and ');
    printTable(`Searching ${sizes} tasks`, describeSearches(engine.name, timings));
  }
}
