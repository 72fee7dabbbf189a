/** How fast each engine reads single tasks for many callers at a time: from the store, and over HTTP. */
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeededRandom } from '../../../src/simulator/random.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { freePort, isInstalled, startScript, stopProcess, wrk } from '../processes.ts';
import { median, type Row } from '../table.ts';
import type { Engine } from './engine.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const CALLERS = 64;
const READS = 50_000;
const SECONDS = 4;

/** @param mirror one that both engines have, with these tasks */
export async function benchReading(
  engines: readonly [Engine, Engine],
  mirror: string,
  ids: readonly TaskId[],
): Promise<Row[]> {
  const [base, measured] = engines;
  const stores = [await base.open(mirror), await measured.open(mirror)] as const;
  const rates: [number[], number[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [at, store] of stores.entries()) {
      const rate = await readMany(store, ids, round);
      if (round > 0) rates[at as 0 | 1].push(rate);
    }
  }
  for (const store of stores) await store.close();
  return describe(engines, `get by ${CALLERS} callers`, rates, 'at least 0.50');
}

/** @returns reads a second */
async function readMany(store: Store, ids: readonly TaskId[], seed: number): Promise<number> {
  const random = createSeededRandom(seed);
  let left = READS;
  const readOneByOne = async () => {
    for (; left > 0; left -= 1) {
      const id = ids[Math.floor(random() * ids.length)] as TaskId;
      if ((await store.get(id)) === undefined) throw new Error(`the mirror lost ${id}`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, readOneByOne));
  return READS / ((performance.now() - started) / 1000);
}

/** The same over HTTP, where a server of its own serves each. @param directory for the list of ids */
export async function benchServing(
  engines: readonly [Engine, Engine],
  { mirror, ids, directory }: { mirror: string; ids: readonly TaskId[]; directory: string },
): Promise<Row[]> {
  const what = `retrieve by ${CALLERS} connections`;
  if (!isInstalled('wrk')) return [{ what, value: 'wrk is not installed' }];
  const idsFile = join(directory, 'ids.txt');
  writeFileSync(idsFile, ids.join('\n'));
  const servers: ChildProcess[] = [];
  const rates: [number[], number[]] = [[], []];
  try {
    const ports: number[] = [];
    for (const engine of engines) {
      const port = await freePort();
      servers.push(await serve(engine.describeMirror(mirror), port));
      ports.push(port);
    }
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [at, port] of ports.entries()) {
        const load = { port, idsFile, batch: 1, seed: round + 1, connections: CALLERS };
        const rate = wrk({ ...load, seconds: round === 0 ? 1 : SECONDS });
        if (round > 0) rates[at as 0 | 1].push(rate);
      }
    }
  } finally {
    for (const server of servers) await stopProcess(server);
  }
  return describe(engines, what, rates);
}

function serve({ dataDir, env }: ReturnType<Engine['describeMirror']>, port: number): Promise<ChildProcess> {
  const main = new URL('../../../dist/cli/main.js', import.meta.url).pathname;
  const settings = {
    ...{ port: String(port), 'data-dir': dataDir, upstream: 'http://127.0.0.1:9' },
    ...{ 'sync-cron': 'off', 'archive-images': 'false' }, // of made-up links
  };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  return startScript(main, ['serve', ...options], port, env);
}

function describe(
  engines: readonly [Engine, Engine],
  what: string,
  [base, measured]: readonly [number[], number[]],
  wanted?: string,
): Row[] {
  return [
    ...[base, measured].map((rates, at) => ({
      what: `${engines[at]?.name}, ${what}`,
      value: `${Math.round(median(rates)).toLocaleString('en')}/s`,
    })),
    {
      what: `${engines[1].name} / ${engines[0].name}`,
      value: median(measured.map((rate, at) => rate / (base[at] ?? 1))).toFixed(2),
      ...(wanted === undefined ? {} : { wanted }),
    },
  ];
}
