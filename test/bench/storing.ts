/** How fast documents are stored, against bare prepared statements that make the same rows in the same transactions. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
import { storeBare } from './bare-store.ts';
import type { BenchDocument } from './dataset.ts';
import { median, type Row } from './table.ts';

const ROUNDS = 5;
const BATCH = 50;
const COUNT = 20_000;

export async function benchStoring(documents: readonly BenchDocument[], directory: string): Promise<Row[]> {
  const now = systemClock.now();
  const tasks = documents.slice(0, COUNT).map(({ text }) => parseDocument(text, now));
  const first: number[] = [];
  const again: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [mine, theirs] = [join(directory, `store-${round}`), join(directory, `bare-${round}`)];
    const bareSeconds = await storeBare(theirs, inBatches(tasks));
    const [firstSeconds, againSeconds] = await storeTwice(mine, tasks);
    rmSync(mine, { recursive: true });
    rmSync(theirs, { recursive: true });
    if (round === 0) continue; // warms up
    bare.push(bareSeconds);
    first.push(firstSeconds);
    again.push(againSeconds);
  }
  const rate = (seconds: readonly number[]) =>
    `${Math.round(COUNT / median(seconds)).toLocaleString('en')} documents/s`;
  return [
    { what: 'bare prepared statements, batches of 50', value: rate(bare) },
    { what: 'store.putBatch, batches of 50', value: rate(first) },
    { what: 'store.putBatch, the same again', value: rate(again) },
    {
      what: 'putBatch / bare',
      value: median(bare.map((seconds, round) => seconds / (first[round] ?? 1))).toFixed(2),
      wanted: 'aim 0.95, at least 0.80',
    },
    {
      what: 'the same again / first time',
      value: median(first.map((seconds, round) => seconds / (again[round] ?? 1))).toFixed(1),
      wanted: 'at least 4',
    },
  ];
}

async function storeTwice(dataDir: string, tasks: readonly TaskDocument[]): Promise<[number, number]> {
  const store = await openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const storeAll = async () => {
    const started = performance.now();
    for (let at = 0; at < tasks.length; at += BATCH) {
      const requestSeq = await store.nextRequestSeq();
      await store.storeDocuments({
        documents: tasks.slice(at, at + BATCH),
        requestSeq,
        fetchedAtMs: systemClock.now(),
      });
    }
    return (performance.now() - started) / 1000;
  };
  const seconds: [number, number] = [await storeAll(), await storeAll()];
  await store.close();
  return seconds;
}

function* inBatches(tasks: readonly TaskDocument[]): Generator<readonly TaskDocument[]> {
  for (let at = 0; at < tasks.length; at += BATCH) yield tasks.slice(at, at + BATCH);
}
