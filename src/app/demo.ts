/** The demo: a simulated upstream with sample tasks, and a mirror of it in a temporary directory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, parseConfig } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { hasErrorCode } from '../lib/errno.ts';
import { createLog, type Log } from '../lib/log.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import { createSafeFetch, type SafeFetch } from '../outbound/safe-fetch.ts';
import { addYearOfTasks } from '../simulator/history.ts';
import { createSeededRandom } from '../simulator/random.ts';
import { pickSampleTask, VENDOR_DOCUMENTS, VENDOR_IDS } from '../simulator/samples.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { findTaskIds } from '../task/id.ts';
import { collectDemoPosters } from './demo-collection.ts';
import { markDemoTasks } from './demo-marks.ts';
import { type Environment, type RunningMirror, startMirror } from './start-mirror.ts';

const DEMO_TOKEN = 'demo';
/** When the tasks that are pending at the start finish: few, as they are the first that is seen. */
const PENDING_FOR_MS = [6, 15, 40, 90].map((seconds) => seconds * 1000);
const NEW_TASK_INTERVAL_MS = 10_000;

export interface RunningDemo {
  readonly mirrorUrl: string;
  readonly simulatorUrl: string;
  readonly dataDir: string;
  /** Number of tracked ids. */
  readonly tracked: number;
  /** Its level may be changed. */
  readonly log: Log;
  /** Runs the first sync, marks some of the tasks, makes a collection of some, and logs what it did. */
  syncNow(): Promise<void>;
  /** Stops the mirror. */
  stop(): Promise<void>;
}

export const DEFAULT_PORT = '8787';

export interface DemoOptions {
  /** Of the mirror, if one was given. */
  readonly port: string | undefined;
  /** If one was given. */
  readonly logLevel: string | undefined;
}

/** Starts the demo, and cleans up when `work` is done. */
export async function runWithDemo(
  options: DemoOptions,
  work: (demo: RunningDemo) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({ token: DEMO_TOKEN, hasScenes: true });
  const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-demo-'));
  try {
    await work(await startDemo(simulator, dataDir, options));
  } finally {
    await simulator.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startDemo(simulator: Simulator, dataDir: string, options: DemoOptions): Promise<RunningDemo> {
  const { port } = options;
  const ids = fillAccount(simulator);
  const config = createDemoConfig(simulator.url, dataDir, options);
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  const safeFetch = restrictFetchTo(simulator.url);
  const mirror = await startOnAvailablePort(config, port, { clock: systemClock, log, safeFetch });
  await mirror.store.track(ids, systemClock.now());
  const generating = setInterval(() => generateAnother(simulator, mirror), NEW_TASK_INTERVAL_MS).unref();
  return {
    mirrorUrl: mirror.url,
    simulatorUrl: simulator.url,
    dataDir,
    tracked: ids.length,
    log,
    syncNow: async () => {
      const { outcome, counts } = await mirror.runner.run({ trigger: 'command' });
      await markDemoTasks(mirror.store, systemClock.now());
      await collectDemoPosters(mirror.store, systemClock.now());
      log.info({ outcome, ...counts }, 'sync run');
    },
    stop: async () => {
      clearInterval(generating);
      await mirror.stop();
    },
  };
}

function createDemoConfig(
  upstream: string,
  dataDir: string,
  { port = DEFAULT_PORT, logLevel }: DemoOptions,
): Config {
  return parseConfig({
    flags: { port, ...(logLevel === undefined ? {} : { logLevel }) },
    env: {
      ACEDATACLOUD_API_TOKEN: DEMO_TOKEN,
      ACEDATACLOUD_API_BASE_URL: upstream,
      FLUX_MIRROR_DATA_DIR: dataDir,
      FLUX_MIRROR_SYNC_CRON: '*/3 * * * * *',
      FLUX_MIRROR_LOG_FORMAT: process.stderr.isTTY ? 'pretty' : 'json',
    },
  });
}

/** The vendor's two sample tasks link to images on the internet, which the demo must not contact. */
function restrictFetchTo(url: string): SafeFetch {
  const { fetch, close } = createSafeFetch([new URL(url).host]);
  return {
    close,
    fetch: async (link, request) => {
      if (!link.startsWith(`${url}/`)) throw new ForbiddenAddress('the demo only contacts its simulator');
      return fetch(link, request);
    },
  };
}

/** The demo falls back to a free port if the default one is taken, but not if the user chose the port. */
async function startOnAvailablePort(
  config: Config,
  requestedPort: string | undefined,
  environment: Environment,
): Promise<RunningMirror> {
  try {
    return await startMirror(config, environment);
  } catch (error) {
    if (!hasErrorCode(error, 'EADDRINUSE') || requestedPort !== undefined) throw error;
    return startMirror({ ...config, port: 0 }, environment);
  }
}

/** Adds a year of tasks, a failure of just now, and some that finish one after another. @returns all their ids */
function fillAccount(simulator: Simulator) {
  const random = createSeededRandom(1);
  const now = systemClock.now();
  simulator.seed(VENDOR_DOCUMENTS);
  const past = addYearOfTasks(simulator, now, random);
  const failed = simulator.addTask({
    prompt: 'a cat holding a forbidden sign',
    createdAtMs: now - 10 * 60_000,
    tookMs: 4000,
    fails: { code: 'bad_request', message: 'prompt was flagged by the content policy' },
  });
  const pending = PENDING_FOR_MS.map((durationMs) =>
    simulator.addTask({ ...pickSampleTask(random), durationMs }),
  );
  return findTaskIds([...VENDOR_IDS, ...past, failed, ...pending].join(' '));
}

/** Simulates that someone generates another image. */
function generateAnother(simulator: Simulator, mirror: RunningMirror): void {
  const id = simulator.addTask({ ...pickSampleTask(Math.random), durationMs: 5000 });
  void mirror.store.track(findTaskIds(id), systemClock.now());
}
