/** Builds the parts of a running mirror and starts them; ends them in the opposite order. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { createMirror } from '../mirror/mirror.ts';
import { listen } from '../server/listen.ts';
import { startSearchThread } from '../server/search-thread.ts';
import type { Store } from '../store/contract.ts';
import { openStore } from '../store/open.ts';
import { createSyncRunner, type SyncRunner } from '../sync/runner.ts';
import { startSchedule } from '../sync/schedule.ts';
import { createUpstream } from '../upstream/client.ts';
import { startReindexing } from './reindexing.ts';

/** What the outside world is, so that tests can bring their own. */
export interface World {
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
  readonly fetch?: typeof globalThis.fetch;
}

export interface RunningMirror {
  readonly url: string;
  readonly store: Store;
  readonly runner: SyncRunner;
  stop(): Promise<void>;
}

/** @throws DirectoryInUse, NewerDatabase, or the system's error when the address can't be had */
export async function startMirror(config: Config, world: World): Promise<RunningMirror> {
  const store = openStore({ dataDir: config.dataDir, clock: world.clock, mode: 'owner' });
  const searching = startSearchThread(config.dataDir);
  try {
    const { mirror, runner } = assemble(config, world, store);
    const server = await listen({
      config,
      store,
      searching,
      mirror,
      runner,
      clock: world.clock,
      log: world.log,
    });
    const schedule = startSchedule(config.syncCron, runner, world.log);
    const reindexing = startReindexing(store, world);
    return {
      url: server.url,
      store,
      runner,
      stop: async () => {
        await schedule.stop();
        await reindexing.stop();
        await Promise.all([server.stop(), runner.stop()]);
        await searching.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The parts above an open store. */
export function assemble(config: Config, { clock, log, random = Math.random, fetch }: World, store: Store) {
  const upstream = createUpstream({
    baseUrl: config.upstreamUrl,
    concurrency: config.concurrency,
    timeoutMs: config.upstreamTimeoutMs,
    clock,
    random,
    ...(fetch ? { fetch } : {}),
  });
  const parts = { ...config, store, upstream, clock, log, random };
  return { mirror: createMirror(parts), runner: createSyncRunner(parts) };
}
