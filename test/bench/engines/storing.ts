/** How fast each engine stores documents, one batch after the other, with what its heartbeat then has to do. */
import { systemClock } from '../../../src/lib/clock.ts';
import { parseDocument, type TaskDocument } from '../../../src/task/document.ts';
import type { BenchDocument } from '../dataset.ts';
import { median, type Row } from '../table.ts';
import type { Engine } from './engine.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const BATCH = 50;

export async function benchStoring(
  [base, measured]: readonly [Engine, Engine],
  documents: readonly BenchDocument[],
): Promise<Row[]> {
  const now = systemClock.now();
  const tasks = documents.map(({ text }) => parseDocument(text, now));
  const rates = new Map<Engine, number[]>([
    [base, []],
    [measured, []],
  ]);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [engine, ofEngine] of rates) {
      const rate = tasks.length / (await storeAll(engine, `storing_${round}`, tasks));
      if (round > 0) ofEngine.push(rate); // round 0 warms up
    }
  }
  const [ofBase = [], ofMeasured = []] = rates.values();
  return [
    ...Array.from(rates, ([{ name }, values]) => ({
      what: `${name}, batches of ${BATCH}`,
      value: `${Math.round(median(values)).toLocaleString('en')} documents/s`,
    })),
    {
      what: `${measured.name} / ${base.name}`,
      value: median(ofMeasured.map((rate, at) => rate / (ofBase[at] ?? 1))).toFixed(2),
      wanted: 'at least 0.60',
    },
  ];
}

/** @returns seconds */
async function storeAll(engine: Engine, mirror: string, tasks: readonly TaskDocument[]): Promise<number> {
  const store = await engine.open(mirror);
  const started = performance.now();
  for (let at = 0; at < tasks.length; at += BATCH) {
    await store.storeDocuments({
      documents: tasks.slice(at, at + BATCH),
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: systemClock.now(),
    });
  }
  await store.recordHeartbeat(systemClock.now());
  const seconds = (performance.now() - started) / 1000;
  await store.close();
  await engine.remove(mirror);
  return seconds;
}
