/** Servers under load, while any of them, their database and their object store are killed and come back; then a look at what is left. */
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openImageStorage } from '../../../src/app/open-image-files.ts';
import { parseConfig } from '../../../src/config/config.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { createSeededRandom } from '../../../src/simulator/random.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { type Acknowledged, checkMirror, type Findings } from '../checks.ts';
import { runClients } from '../clients.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { type AskedAgain, countAskedAgain } from './asked-again.ts';
import { STUB_KINDS } from './bucket.ts';
import { generateTask, importNowAndThen, readAgain } from './clients.ts';
import { type CrashCluster, startCrashCluster } from './cluster.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { causeTroubles, type Trouble, type TroublePlan } from './troubles.ts';

export interface ClusterCrashOptions {
  readonly kills: number;
  readonly durationMs: number;
  readonly seed: number;
  /** Longest time that something stays away, milliseconds. */
  readonly longestAwayMs: number;
  readonly onProgress?: (line: string) => void;
}

export interface ClusterCrashReport extends AskedAgain, Pick<Traffic, 'statuses' | 'falseMissing'> {
  readonly troubles: readonly Trouble[];
  readonly findings: Findings;
  /** Messages of webhooks that never came. */
  readonly untold: readonly string[];
  /** Answers that no client may get, requests without an answer, and what did not recover by itself. */
  readonly unexpected: readonly string[];
  readonly upstreamRequests: number;
}

export interface ClusterCrash {
  readonly report: ClusterCrashReport;
  readonly ledger: Ledger;
  /** Its servers are dead; the database and the object store are there. */
  readonly cluster: CrashCluster;
}

const POLL_INTERVAL_MS = 100;
/** Between two pieces of work of a client, on average: their load must leave something of the machine. */
const REST_MS = 20;
/** More than the waits after two failures of a webhook. */
const SETTLING_TIMEOUT_MS = 90_000;
/** Of the kills of a server, how many are followed by one while it starts. */
const KILLED_WHILE_STARTING = 0.25;
const LONGEST_START_MS = 600;

/** @throws WrongAnswer if a client gets an answer that no mirror gives */
export async function runClusterCrash(options: ClusterCrashOptions): Promise<ClusterCrash> {
  const random = createSeededRandom(options.seed);
  const cluster = await startCrashCluster(random);
  try {
    await Promise.all(cluster.servers.map(({ start }) => start()));
    return await crash(cluster, { ...options, random });
  } catch (error) {
    await cluster.stop(true);
    throw error;
  }
}

interface CrashDeps extends ClusterCrashOptions {
  readonly random: () => number;
}

async function crash(cluster: CrashCluster, deps: CrashDeps): Promise<ClusterCrash> {
  const { servers, receiver } = cluster;
  const { random } = deps;
  const ledger = createLedger();
  const end = new AbortController();
  const { signal } = end;
  setMaxListeners(0, signal); // one for each request under way
  const urls = servers.map(({ url }) => url);
  const traffic = createTraffic(urls, { random, signal });
  const seeds = watchSeeds(cluster.simulator);
  const working = runClients(
    {
      ...{ request: traffic.request, simulator: seeds.simulator, ledger, random, signal },
      ...{ receiverUrl: receiver.url, scratch: cluster.root },
      rest: () => delay(2 * REST_MS * random(), undefined, { signal }),
      env: { ...cluster.env, FLUX_MIRROR_DATA_DIR: join(cluster.root, 'imports') },
    },
    [readAgain, generateTask, importNowAndThen],
  );
  // A wrong answer ends everything.
  working.catch(() => end.abort());
  while (!hasSomethingToLose(ledger) && !signal.aborted) await delay(POLL_INTERVAL_MS);
  const troubles = await causeTroubles({ ...deps, signal, cause: planTroubles(cluster, deps) });
  end.abort();
  await working;

  const listUntold = () => [...ledger.expectedMessages].filter((message) => !receiver.told.has(message));
  const unsettled = await settle(cluster, () => listUntold().length === 0);
  await Promise.all(servers.map(({ kill }) => kill()));
  return {
    ...{ ledger, cluster },
    report: {
      ...{ troubles, statuses: traffic.statuses, falseMissing: traffic.falseMissing, untold: listUntold() },
      findings: await checkCluster(cluster, ledger),
      unexpected: [...traffic.unexpected, ...unsettled],
      upstreamRequests: cluster.simulator.requests.length,
      ...countAskedAgain(cluster.simulator.requests, troubles, seeds.has),
    },
  };
}

/** Of each kind, more than one check looks at: a busy machine may take a while. */
function hasSomethingToLose({ documents, trackedIds, marks, images }: Ledger): boolean {
  return documents.size > 100 && trackedIds.size > 20 && marks.size > 20 && images.size > 1;
}

function planTroubles(
  { servers, postgres, bucket }: CrashCluster,
  { random, longestAwayMs, onProgress = () => undefined }: CrashDeps,
): TroublePlan['cause'] {
  const stayAway = () => delay(longestAwayMs * random());
  return {
    server: async (note) => {
      const at = Math.floor(random() * servers.length);
      const server = servers[at];
      if (!server) return;
      onProgress(`server ${at}`);
      note();
      await server.kill();
      await stayAway();
      if (random() < KILLED_WHILE_STARTING) {
        void server.start();
        await delay(LONGEST_START_MS * random());
        note();
        await server.kill();
      }
      await server.start();
    },
    database: async (note) => {
      onProgress('database');
      note();
      await postgres.kill();
      await stayAway();
      await postgres.start();
    },
    bucket: async (note) => {
      onProgress('object store');
      note();
      await bucket.kill();
      await stayAway();
      await bucket.start();
    },
    stub: async (note) => {
      const kind = STUB_KINDS[Math.floor(random() * STUB_KINDS.length)] ?? 'slow';
      onProgress(`object store: ${kind}`);
      note();
      await bucket.replace(kind, longestAwayMs * random());
    },
  };
}

/** Notes the ids of tasks that have finished at the upstream from the beginning; the others are those that are generated. */
function watchSeeds(simulator: Simulator): { simulator: Simulator; has(id: string): boolean } {
  const ids = new Set<string>();
  return {
    has: (id) => ids.has(id),
    simulator: {
      ...simulator,
      seed: (documents) => {
        const texts = [...documents];
        for (const text of texts) ids.add((JSON.parse(text) as { id: string }).id);
        simulator.seed(texts);
      },
    },
  };
}

/** Nobody restarts anything from here on. @returns what is not well in time */
async function settle({ servers }: CrashCluster, isTold: () => boolean): Promise<string[]> {
  const deadline = performance.now() + SETTLING_TIMEOUT_MS;
  const listUnsettled = async () => {
    const states = await Promise.all(
      servers.map(async ({ url, dataDir }) => {
        const ready = await fetch(`${url}/readyz`);
        const text = await ready.text();
        return [
          ...(ready.status === 200 ? [] : [`${url}: ${text}`]),
          ...(existsSync(join(dataDir, 'spool.jsonl')) ? [`${url}: its spool is not empty`] : []),
        ];
      }),
    );
    return states.flat();
  };
  for (;;) {
    const unsettled = await listUnsettled();
    if ((unsettled.length === 0 && isTold()) || performance.now() > deadline) return unsettled;
    await delay(POLL_INTERVAL_MS);
  }
}

/** Looks at everything, as somebody beside the servers does. */
export async function checkCluster(
  { root, env, databaseUrl }: CrashCluster,
  acknowledged: Acknowledged,
): Promise<Findings> {
  const config = parseConfig({ flags: {}, env: { ...env, FLUX_MIRROR_DATA_DIR: join(root, 'check') } });
  if (!config.imageStore) throw new Error('the images are in a bucket');
  const store = await openPostgresStore({ url: databaseUrl, clock: systemClock, kind: 'command' });
  const images = await openImageStorage(config, config.imageStore);
  try {
    // An object without a row may be torn, as s3rver writes them: its upload was never confirmed. PostgreSQL looks after its own pages.
    const mirror = { store, images, listTornImages: () => [], listDamage: () => [] };
    return await checkMirror(mirror, acknowledged, true);
  } finally {
    images.close();
    await store.close();
  }
}
