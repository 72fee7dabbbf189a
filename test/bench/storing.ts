/** How fast documents are stored, against bare prepared statements that make the same rows in the same transactions. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { systemClock } from '../../src/clock.ts';
import { indexEntry } from '../../src/search/terms.ts';
import type { Batch } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/open.ts';
import { slotOf } from '../../src/store/position.ts';
import { taskRow } from '../../src/store/task-statements.ts';
import { parseDocument, type TaskDocument } from '../../src/task/document.ts';
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
    const bareSeconds = await storeBare(theirs, tasks);
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
  const store = openStore({ dataDir, clock: systemClock, mode: 'owner' });
  const storeAll = async () => {
    const started = performance.now();
    for (let at = 0; at < tasks.length; at += BATCH) {
      const requestSeq = await store.nextRequestSeq();
      await store.putBatch({
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

/** The same rows by hand: no look whether a document is there already, positions taken as they come. */
async function storeBare(dataDir: string, tasks: readonly TaskDocument[]): Promise<number> {
  await openStore({ dataDir, clock: systemClock, mode: 'owner' }).close(); // makes the schema
  const db = new Database(join(dataDir, 'mirror.db'));
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'cache_size = -65536',
    'mmap_size = 1073741824',
  ]) {
    db.pragma(pragma);
  }
  const insert = db.prepare(
    `INSERT INTO tasks VALUES (:position, :id, :state, :createdAt, :fetchedAt, :requestSeq, :hash, :promptHash, :model,
       :size, :action, :type, :userId, :applicationId, :seed, :document)`,
  );
  const index = db.prepare('INSERT INTO prompt_index (rowid, terms) VALUES (CAST(? AS INTEGER), ?)');
  const insertWord = db.prepare('INSERT INTO words (word, uses) VALUES (?, 0) ON CONFLICT DO NOTHING');
  const known = new Set<string>();
  const started = performance.now();
  for (let at = 0; at < tasks.length; at += BATCH) {
    const batch: Batch = {
      documents: tasks.slice(at, at + BATCH),
      requestSeq: at,
      fetchedAtMs: systemClock.now(),
    };
    db.transaction(() => {
      for (const task of batch.documents) {
        const position = slotOf(task.createdAtMs);
        insert.run(taskRow(task, batch, position));
        const entry = indexEntry(task.prompt);
        index.run(position, entry.terms);
        for (const word of entry.words) {
          if (!known.has(word)) insertWord.run(word);
          known.add(word);
        }
      }
    }).immediate();
  }
  const seconds = (performance.now() - started) / 1000;
  db.close();
  return seconds;
}
