/**
 * `npm run bench:import -- 1000000`: importing and exporting by the command line, against bare prepared statements that make
 * the same rows in the same transactions; with the peak of memory, and a comparison of the bytes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../../src/lib/clock.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
import { storeBare } from './bare-store.ts';
import { generateDocuments } from './dataset.ts';
import { printTable, type Row } from './table.ts';

const BATCH = 500; // as `import` has it
const MAIN = join(import.meta.dirname, '../../dist/cli/main.js');
const LOOK_EVERY_MS = 50;
const count = Number(process.argv[2] ?? 100_000);

interface Measured {
  readonly seconds: number;
  /** Resident memory, its highest. */
  readonly peakBytes: number;
}

const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-bench-'));
try {
  const [cpu] = cpus();
  console.log(
    `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform}`,
  );
  printTable(`Importing and exporting ${count.toLocaleString('en')} documents`, await benchImporting());
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function benchImporting(): Promise<Row[]> {
  const lines = join(directory, 'documents.jsonl');
  const list = join(directory, 'documents.json');
  await pipeline(Readable.from(lineTexts()), createWriteStream(lines));
  await pipeline(Readable.from(listTexts()), createWriteStream(list));
  const bareSeconds = await storeBare(join(directory, 'bare'), parsedBatches());
  rmSync(join(directory, 'bare'), { recursive: true });

  const data = ['--data-dir', join(directory, 'data')];
  const imported = await measure(['import', lines, ...data]);
  const again = await measure(['import', list, ...data]);
  const out = join(directory, 'exported.jsonl');
  const exported = await measure(['export', out, ...data]);
  const csv = await measure(['export', join(directory, 'exported.csv'), ...data]);

  const rate = ({ seconds }: { seconds: number }) =>
    `${Math.round(count / seconds).toLocaleString('en')} documents/s`;
  const memory = ({ peakBytes }: Measured) => `${Math.round(peakBytes / 2 ** 20)} MiB`;
  return [
    { what: 'bytes of the documents', value: statSync(lines).size.toLocaleString('en') },
    { what: 'bare prepared statements, batches of 500', value: rate({ seconds: bareSeconds }) },
    { what: 'import of JSON Lines', value: rate(imported) },
    { what: 'import / bare', value: (bareSeconds / imported.seconds).toFixed(2) },
    { what: 'import, peak of memory', value: memory(imported), wanted: 'under 300 MiB' },
    { what: 'import of the same as one array, all known', value: rate(again) },
    { what: '…, peak of memory', value: memory(again), wanted: 'under 300 MiB' },
    { what: 'export as JSON Lines', value: rate(exported) },
    { what: '…, peak of memory', value: memory(exported) },
    { what: 'export as CSV', value: rate(csv) },
    {
      what: 'exported bytes',
      value: (await isSame(lines, out)) ? 'the same' : 'DIFFERENT',
      wanted: 'the same',
    },
  ];
}

function* lineTexts(): Generator<string> {
  for (const { text } of generateDocuments(count)) yield `${text}\n`;
}

function* listTexts(): Generator<string> {
  let separator = '[';
  for (const { text } of generateDocuments(count)) {
    yield separator + text;
    separator = ',';
  }
  yield ']';
}

function* parsedBatches(): Generator<readonly TaskDocument[]> {
  let batch: TaskDocument[] = [];
  const now = systemClock.now();
  for (const { text } of generateDocuments(count)) {
    batch.push(parseDocument(text, now));
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Runs a command. The kernel keeps the peak of a process, which is read while it lives (Linux). */
async function measure(args: readonly string[]): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  let peakBytes = 0;
  const look = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid));
  }, LOOK_EVERY_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(look);
  if (code !== 0) throw new Error(`${args[0]} failed`);
  return { seconds: (performance.now() - started) / 1000, peakBytes };
}

function peakOf(pid: number | undefined): number {
  try {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0; // it has just ended
  }
}

async function isSame(a: string, b: string): Promise<boolean> {
  if (statSync(a).size !== statSync(b).size) return false;
  const others = createReadStream(b)[Symbol.asyncIterator]();
  for await (const chunk of createReadStream(a)) {
    const { value } = (await others.next()) as { value: Buffer | undefined };
    if (!value?.equals(chunk as Buffer)) return false;
  }
  return true;
}
