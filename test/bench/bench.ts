/**
 * `npm run bench`: every figure of docs/benchmarks.md, as ratios of sides measured in one run.
 * `npm run bench -- serving` measures only that part (storing, syncing, serving, holding).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { makeDocuments } from './dataset.ts';
import { benchHolding } from './holding.ts';
import { isInstalled } from './processes.ts';
import { benchServing } from './serving.ts';
import { storeDocuments } from './store-documents.ts';
import { benchStoring } from './storing.ts';
import { benchSyncing } from './syncing.ts';
import { printTable } from './table.ts';

const DOCUMENTS = 100_000;

const [wantedPart] = process.argv.slice(2);
const isWanted = (part: string) => wantedPart === undefined || wantedPart === part;

if (!isInstalled('wrk')) {
  console.error('the benchmark needs wrk (Debian: apt-get install wrk nginx)');
  process.exit(1);
}
const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`,
  );
  const documents = makeDocuments(DOCUMENTS);
  const bytes = documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  console.log(
    `${documents.length.toLocaleString('en')} documents of ${Math.round(bytes / documents.length)} bytes on average`,
  );
  if (isWanted('storing')) printTable('Storing', await benchStoring(documents, directory));
  if (isWanted('syncing')) printTable('Syncing', await benchSyncing(documents, directory));
  if (isWanted('holding')) printTable('Holding others up', await benchHolding(directory));
  if (isWanted('serving')) {
    const dataDir = join(directory, 'data');
    await storeDocuments(dataDir, documents);
    printTable('Serving', await benchServing(documents, dataDir, directory));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
