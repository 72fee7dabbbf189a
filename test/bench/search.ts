/**
 * `npm run bench:search`: searching 10,000, 100,000 and 1,000,000 tasks, and other ways to do it at 100,000.
 * `npm run bench:search -- FILE` takes the prompts from another corpus (gzipped JSON Lines with a member `prompt`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../src/store/sqlite/driver.ts';
import { readPrompts } from '../helpers/prompts.ts';
import { type Alternative, likeScan, miniSearch, trigram } from './search-alternatives.ts';
import { benchCloseMatches } from './search-close.ts';
import { fillWithPrompts } from './search-dataset.ts';
import { benchQueries, type Timing } from './search-queries.ts';
import { benchResponsiveness } from './search-responsiveness.ts';
import { printTable } from './table.ts';

const SIZES = (process.env.BENCH_SIZES ?? '10000,100000,1000000').split(',').map(Number);
const COMPARED_AT = 100_000;
/** Growth of p95 from the smallest to the largest size: limit and target. */
const WANTED: Record<string, string> = {
  'very common word': 'at most 6 ×, target 3',
  'Chinese run of two': 'at most 8 ×, target 4',
  'dates and a word': 'at most 6 ×, target 3',
  relevance: 'at most 3 ×, target 1.5',
};

const [corpus] = process.argv.slice(2);
const prompts = readPrompts(corpus);
const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}; ${prompts.length.toLocaleString('en')} prompts`,
  );
  const timings = new Map<number, Map<string, Timing>>();
  for (const size of SIZES) {
    const dataDir = join(directory, String(size));
    const built = await fillWithPrompts(dataDir, prompts, size);
    const { indexBytes, promptBytes } = indexSize(dataDir);
    timings.set(size, await benchQueries(dataDir));
    printTable(`${size.toLocaleString('en')} tasks`, [
      {
        what: 'built in',
        value: `${built.seconds.toFixed(1)} s (${Math.round(size / built.seconds).toLocaleString('en')} tasks/s)`,
      },
      {
        what: 'index bytes per prompt',
        value: `${(indexBytes / size).toFixed(0)} of ${(promptBytes / size).toFixed(0)}`,
      },
      {
        what: 'index / prompt bytes',
        value: (indexBytes / promptBytes).toFixed(2),
        wanted: 'at most 0.95, target 0.70',
      },
      ...rows(timings.get(size) ?? new Map()),
    ]);
    printTable(
      `Close matches, ${size.toLocaleString('en')} tasks`,
      await benchCloseMatches(dataDir, prompts, size),
    );
    if (size === COMPARED_AT) await compare(dataDir, directory);
  }
  printGrowth(timings);
  const largest = Math.max(...SIZES);
  printTable(
    `A cached retrieve beside a stream of searches, ${largest.toLocaleString('en')} tasks`,
    await benchResponsiveness(join(directory, String(largest))),
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function rows(timings: ReadonlyMap<string, Timing>) {
  return [...timings].map(([what, { p50, p95 }]) => ({
    what,
    value: `p50 ${p50.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms`,
  }));
}

async function compare(dataDir: string, directory: string): Promise<void> {
  const all: Alternative[] = [
    await likeScan(dataDir),
    await trigram(dataDir, directory),
    await miniSearch(dataDir),
  ];
  for (const { name, built, timings } of all) {
    printTable(`${name}, ${COMPARED_AT.toLocaleString('en')} tasks`, [
      { what: 'built', value: built },
      ...rows(timings),
    ]);
  }
}

function printGrowth(timings: ReadonlyMap<number, ReadonlyMap<string, Timing>>): void {
  const [small, large] = [Math.min(...timings.keys()), Math.max(...timings.keys())];
  printTable(
    `Growth of p95 from ${small.toLocaleString('en')} to ${large.toLocaleString('en')}`,
    [...(timings.get(small) ?? [])].map(([what, { p95 }]) => ({
      what,
      value: `${((timings.get(large)?.get(what)?.p95 ?? Number.NaN) / p95).toFixed(1)} ×`,
      ...(WANTED[what] === undefined ? {} : { wanted: WANTED[what] }),
    })),
  );
}

/** Bytes of the full-text index, and of the prompts (UTF-8). */
function indexSize(dataDir: string): { indexBytes: number; promptBytes: number } {
  const db = new Database(join(dataDir, 'mirror.db'), { readonly: true });
  const pages = db.prepare("SELECT sum(pgsize) AS n FROM dbstat WHERE name LIKE 'prompt_index%'").get() as {
    n: number;
  };
  const texts = db
    .prepare("SELECT sum(length(CAST(json_extract(document, '$.request.prompt') AS BLOB))) AS n FROM tasks")
    .get() as { n: number };
  db.close();
  return { indexBytes: pages.n, promptBytes: texts.n };
}
