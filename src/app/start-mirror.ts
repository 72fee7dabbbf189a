/**
 * Composition root: builds the dependencies of a running mirror, starts and stops them. Commands import it on demand:
 * loading the server and the archiver would double the startup time of `get` and `search`.
 */
import { setMaxListeners } from 'node:events';
import { type Archiver, createArchiver, startArchiving } from '../archive/archiver.ts';
import { createBucketImages } from '../archive/bucket-images.ts';
import { createDecoder, type Decoder } from '../archive/decoding/decoder.ts';
import { createImageFiles, type ImageFiles } from '../archive/files.ts';
import { startFillingThumbnails } from '../archive/fill-thumbnails.ts';
import { startFindingMissing } from '../archive/find-missing.ts';
import { createIntactImages } from '../archive/intact-images.ts';
import { createReceivedFiles } from '../archive/received-files.ts';
import { startRemovingUnused } from '../archive/remove-unused.ts';
import { startStorageWatch } from '../archive/storage-watch.ts';
import { createThumbnails, type Thumbnails } from '../archive/thumbnails.ts';
import { readLastBackup } from '../backup/last-backup.ts';
import { startBackups } from '../backup/scheduled.ts';
import { BadSetting } from '../config/bad-setting.ts';
import type { Config } from '../config/config.ts';
import { SETTINGS } from '../config/setting-table.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { startCallbackDelivery } from '../generation/callback-delivery.ts';
import { startDrainingSpool } from '../generation/drain-spool.ts';
import type { GenerationDeps } from '../generation/generate.ts';
import { createSpool } from '../generation/spool.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { MirrorDeps, ReadHistory } from '../mirror/deps.ts';
import { createMirror, type Mirror } from '../mirror/mirror.ts';
import type { MinRate } from '../outbound/min-rate.ts';
import { createSafeFetch, type SafeFetch } from '../outbound/safe-fetch.ts';
import { type ConnectionLimits, listen } from '../server/listen.ts';
import { startDiskWatch } from '../server/monitoring/disk-watch.ts';
import { startGauges } from '../server/monitoring/gauges.ts';
import { createMetrics, type Metrics } from '../server/monitoring/metrics.ts';
import { MAX_THREADS, startSearchThread } from '../server/search/search-thread.ts';
import type { Store } from '../store/contract/store.ts';
import type { SyncDeps } from '../sync/deps.ts';
import { startServerHeartbeat } from '../sync/heartbeat.ts';
import { createSyncRunner, type SyncRunner } from '../sync/runner.ts';
import { startSchedule } from '../sync/schedule.ts';
import { createCircuitBreaker } from '../upstream/circuit-breaker.ts';
import { createUpstream } from '../upstream/client.ts';
import { createAnswerRecorder } from '../upstream/last-answer.ts';
import { listFailures } from '../views/problems.ts';
import { startWebhooks } from '../webhooks/webhooks.ts';
import { createHistoryReader } from './history-reader.ts';
import { startIndexMerging } from './index-merging.ts';
import { createMaintenance } from './maintenance.ts';
import { openBucket } from './open-bucket.ts';
import { openMirrorStore, THREAD_CONNECTIONS } from './open-store.ts';
import { makePrivate } from './private-files.ts';
import { quietOutages } from './quiet-log.ts';
import { startReindexing } from './reindexing.ts';
import { publishAddress } from './server-address.ts';
import { createStoreClock, startSynchronizing } from './store-clock.ts';
import { warnOfFolder } from './warn-of-folder.ts';
import { BACKUP_WORKER, DECODE_PROCESS, SEARCH_WORKER } from './workers.ts';

/** What a mirror takes from the outside, so that tests can replace it. */
export interface Environment {
  readonly clock: Clock;
  /** Whether the clock is not corrected by that of the database. */
  readonly hasExactClock?: boolean;
  readonly log: Log;
  readonly random?: () => number;
  readonly fetch?: typeof globalThis.fetch;
  /** For images and callbacks. */
  readonly safeFetch?: SafeFetch;
  /** For images. It is closed with the mirror. */
  readonly decoder?: Decoder;
  readonly limits?: ConnectionLimits;
  /** How long a caller with a stale copy waits for the upstream. */
  readonly staleWaitMs?: number;
  /** What a host of images must send at least. */
  readonly minImageRate?: MinRate;
}

export interface RunningMirror {
  readonly url: string;
  /** Whether callers need a token. */
  readonly needsToken: boolean;
  readonly store: Store;
  readonly runner: SyncRunner;
  readonly archiver: Archiver;
  readonly callbackDelivery: Delivery;
  readonly webhooks: Delivery;
  stop(): Promise<void>;
}

/** Everything built on an open store, for the server and for commands. */
export interface AssembledMirror {
  /** The settings and the shared dependencies. */
  readonly shared: Config &
    MirrorDeps &
    SyncDeps & { readonly safeFetch: SafeFetch; readonly decoder: Decoder };
  readonly files: ImageFiles;
  readonly mirror: Mirror;
  readonly runner: SyncRunner;
  readonly archiver: Archiver;
  readonly generation: GenerationDeps;
  /** For callbacks and webhooks: which of them share a host says nothing of who owns it, so that none waits for another's answer. */
  readonly deliveryFetch: SafeFetch;
  /** Closes all outgoing connections, and stops decoding. */
  end(): void;
}

interface BackgroundDeps extends AssembledMirror {
  /** Where the server listens. */
  readonly url: string;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly thumbnails: Thumbnails;
}

interface Stoppable {
  stop(): void | Promise<void>;
}

/** How long a stop waits for the upstream. Waiting callers get an error then, before the server closes their connections. */
export const SHUTDOWN_GRACE_MS = 4000;

/** @throws DirectoryInUse, NewerDatabase, BadSetting for an unprotected address, or the system's error if it can't listen */
export async function startMirror(config: Config, given: Environment): Promise<RunningMirror> {
  const { hasExactClock = false } = given;
  const log = config.databaseUrl === undefined ? given.log : quietOutages(given.log);
  const clock = createStoreClock(given.clock, log);
  const environment = { ...given, clock, log };
  const metrics = createMetrics();
  checkBackups(config);
  const opened = await openMirrorStore(config, {
    clock,
    mode: 'owner',
    connections: config.databasePool - 2 * MAX_THREADS * THREAD_CONNECTIONS, // for searching and listing,
    archivesInputs: config.archiveInputs,
    onMigration: (copy) => log.info(copy, 'copying the database before it is updated to this version'),
  });
  const store = countStoredDocuments(opened, metrics);
  if (!hasExactClock) await clock.synchronize(store);
  const startThread = () =>
    startSearchThread(SEARCH_WORKER, config, store.noteError, { timeoutMs: config.searchTimeoutMs });
  const [searching, listing] = [startThread(), startThread()];
  const readHistory = createHistoryReader(store, listing);
  const assembled = assemble(config, environment, store, { metrics, readHistory });
  const delivering = { ...assembled.shared, safeFetch: assembled.deliveryFetch };
  const callbackDelivery = startCallbackDelivery({ ...delivering, mirror: assembled.mirror });
  const webhooks = startWebhooks({
    ...delivering,
    findMatching: (saved, ids) =>
      listing.answer({ route: 'matching', saved, ids, nowMs: clock.now() }, undefined, {
        caller: 'webhooks',
      }),
    listFailures: () => listFailures({ store, clock, archive: assembled }),
    readBackupError: async () => (await readLastBackup(store)).error,
  });
  const running: Stoppable[] = [assembled.runner, callbackDelivery, webhooks];
  const stop = async () => {
    await stopWithin(SHUTDOWN_GRACE_MS, running, assembled.end);
    await Promise.all([searching.close(), listing.close()]);
    await store.close();
  };
  try {
    await makePrivate(config.dataDir);
    await assembled.files.sweep();
    const spoolDrain = startDrainingSpool(assembled.generation);
    running.push(spoolDrain);
    await spoolDrain.run();
    await resetRejectedToken(store, clock);
    const archive = {
      files: assembled.files,
      intactImages: createIntactImages(assembled.files),
      thumbnails: createThumbnails(assembled.shared),
    };
    const server = await listen(
      {
        ...assembled,
        config,
        store,
        searching,
        listing,
        callbackDelivery,
        webhooks,
        archive,
        metrics,
        clock,
        log,
      },
      environment.limits,
    );
    running.unshift(server);
    await publishAddress(store, server.url);
    await warnOfFolder(config, { store, clock, log });
    if (!hasExactClock) running.push(startSynchronizing(clock, store, log));
    const background = { ...assembled, url: server.url, store, metrics, thumbnails: archive.thumbnails };
    for (const start of listBackgroundWork(config, environment, background)) running.push(start());
    return {
      url: server.url,
      needsToken: server.needsToken,
      store,
      runner: assembled.runner,
      archiver: assembled.archiver,
      callbackDelivery,
      webhooks,
      stop,
    };
  } catch (error) {
    // Also after it listens: half a mirror would hold the port and answer 500.
    await stop();
    throw error;
  }
}

/** @throws BadSetting */
function checkBackups({ databaseUrl, backupCron }: Config): void {
  if (databaseUrl === undefined || backupCron === 'off') return;
  throw new BadSetting(
    `${SETTINGS.backupCron.env}: a mirror in PostgreSQL is backed up by pg_dump; allowed with ${SETTINGS.databaseUrl.env}: off`,
  );
}

/** What runs in the background of the server, in the order of its start: if one fails, those before it can be stopped. */
function listBackgroundWork(
  config: Config,
  { clock, log }: Environment,
  { url, store, metrics, runner, archiver, files, thumbnails }: BackgroundDeps,
): (() => Stoppable)[] {
  const isArchiving = config.archiveImages && !config.offline;
  const maintenance = createMaintenance(config.dataDir); // of SQLite: see checkBackups
  return [
    // The owner of a data directory is known by its lock; PostgreSQL merges its indexes by itself.
    config.databaseUrl === undefined
      ? () => startIndexMerging(store, log)
      : () => startServerHeartbeat({ store, clock, log }, url),
    () => startStorageWatch(files, { clock, log }),
    () => startFindingMissing({ store, files, clock, log }),
    () => startRemovingUnused({ store, files, clock, log }),
    () => startSchedule(config.syncCron, runner, log),
    () => startBackups({ ...config, store, maintenance, worker: BACKUP_WORKER, clock, log }),
    () => startReindexing(store, { clock, log }),
    () => startDiskWatch(store, log, { isRemote: config.databaseUrl !== undefined }),
    () => startGauges(metrics.registry, { store, files, clock, isArchiving: config.archiveImages }),
    ...(isArchiving ? [() => startArchiving(archiver, { store, clock, log })] : []),
    ...(config.archiveImages
      ? [() => startFillingThumbnails({ store, files, thumbnails, archiver, isArchiving, clock, log })]
      : []),
  ];
}

/** Stops everything concurrently. @param end called once all have stopped, or earlier when the grace period is over */
async function stopWithin(graceMs: number, running: readonly Stoppable[], end: () => void): Promise<void> {
  const grace = setTimeout(end, graceMs);
  await Promise.all(running.map((one) => one.stop()));
  clearTimeout(grace);
  end();
}

/** Closes the circuit that a rejected token opened: the mirror may have been restarted with another token. */
async function resetRejectedToken(store: Store, clock: Clock): Promise<void> {
  const circuit = await store.readCircuit(clock.now());
  if (circuit?.reason !== 'rejected' || (await store.readStorageProblem()) !== undefined) return;
  await store.closeCircuit(clock.now());
}

/** Wraps the store to count stored documents. */
function countStoredDocuments(store: Store, metrics: Metrics): Store {
  return {
    ...store,
    storeDocuments: async (batch) => {
      const result = await store.storeDocuments(batch);
      metrics.stored(result);
      return result;
    },
  };
}

/** Builds everything on top of an open store. */
export function assemble(
  config: Config,
  environment: Environment,
  store: Store,
  {
    metrics,
    readHistory = createHistoryReader(store),
  }: { metrics?: Metrics; readHistory?: ReadHistory } = {},
): AssembledMirror {
  const { clock, log, random = Math.random, fetch, staleWaitMs, minImageRate } = environment;
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // one per request in flight
  const breaker = createCircuitBreaker({ store, clock, random, upstreamToken: config.upstreamToken });
  const recordAnswer = createAnswerRecorder({ store, clock });
  const upstream = createUpstream({
    baseUrl: config.upstreamUrl,
    concurrency: config.concurrency,
    timeoutMs: config.upstreamTimeoutMs,
    clock,
    random,
    signal: ending.signal,
    breaker,
    ...(fetch ? { fetch } : {}),
    onRequest: (outcome, durationMs) => {
      recordAnswer(outcome);
      metrics?.upstreamRequest(outcome, durationMs);
    },
  });
  const { dataDir, imageStore } = config;
  const bucket = imageStore && openBucket(config, { clock, random }, imageStore);
  const images = bucket && createBucketImages(bucket, createReceivedFiles(dataDir));
  const files = createImageFiles(dataDir, images);
  const safeFetch = environment.safeFetch ?? createSafeFetch(config.imageAllowHosts);
  const deliveryFetch =
    environment.safeFetch ??
    // As many as are delivered at a time, which is limited where they are started.
    createSafeFetch(config.imageAllowHosts, { maxSocketsPerHost: Number.POSITIVE_INFINITY });
  const decoder = environment.decoder ?? createDecoder(DECODE_PROCESS);
  const limits = { staleWaitMs, minImageRate };
  const shared = {
    ...config,
    ...limits,
    ...{ store, readHistory, upstream, breaker, files, decoder, safeFetch, clock, log, random },
  };
  return {
    shared,
    files,
    mirror: createMirror(shared),
    runner: createSyncRunner(shared, metrics?.syncRun),
    archiver: createArchiver(shared),
    generation: { ...shared, spool: createSpool(config.dataDir) },
    deliveryFetch,
    end: () => {
      ending.abort();
      safeFetch.close();
      deliveryFetch.close();
      decoder.close();
      files.close();
    },
  };
}
