/** Several real servers on one PostgreSQL database, with one simulator as their upstream. */
import { onTestFinished } from 'vitest';
import { type RunningMirror, startMirror } from '../../src/app/start-mirror.ts';
import type { SettingName } from '../../src/config/setting-table.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { ManualClock } from './manual-clock.ts';
import { createTestDatabase } from './postgres.ts';
import { shareDecoder } from './shared-decoder.ts';
import { lineCollector, temporaryDirectory, testConfig, UPSTREAM_TOKEN } from './test-mirror.ts';

type Settings = Partial<Record<SettingName, string>>;

export interface ClusterServer {
  readonly mirror: RunningMirror;
  /** Of its spool and its files. */
  readonly dataDir: string;
  /** What it has logged, a line an entry. */
  log(): string[];
  /** Posts to `/flux/tasks`. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  request(path: string, init: RequestInit): Promise<Response>;
}

export interface TestCluster {
  readonly databaseUrl: string;
  readonly simulator: Simulator;
  /** Of all servers, unless one has brought its own. */
  readonly clock: ManualClock;
  readonly servers: readonly ClusterServer[];
  /** Starts one more server on the same database. */
  start(settings?: Settings, machine?: Machine): Promise<ClusterServer>;
}

/** What a server runs on. */
export interface Machine {
  readonly clock: Clock;
  /** Default: the time of the cluster, which is not that of the database. */
  readonly hasExactClock: boolean;
}

export interface ClusterOptions {
  readonly settings?: Settings;
  readonly simulator?: SimulatorOptions;
  readonly databaseUrl?: string;
}

/** Starts servers whose schedule is off; everything ends with the test. */
export async function startTestCluster(count: number, options: ClusterOptions = {}): Promise<TestCluster> {
  const clock = new ManualClock();
  const simulator = await startSimulator({
    token: UPSTREAM_TOKEN,
    now: () => clock.now(),
    ...options.simulator,
  });
  onTestFinished(() => simulator.stop());
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase());
  const start = (settings: Settings = {}, machine: Machine = { clock, hasExactClock: true }) =>
    startServer({ databaseUrl, upstreamUrl: simulator.url, ...options.settings, ...settings }, machine);
  const servers = await Promise.all(Array.from({ length: count }, () => start()));
  return { databaseUrl, simulator, clock, servers, start };
}

async function startServer(settings: Settings, machine: Machine): Promise<ClusterServer> {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format: 'json' }, lineCollector(lines));
  const { dataDir = temporaryDirectory() } = settings;
  const config = testConfig({
    ...{ upstreamToken: UPSTREAM_TOKEN, port: '0', syncCron: 'off', archiveImages: 'false' },
    ...settings,
    dataDir,
  });
  const mirror = await startMirror(config, {
    ...{ ...machine, log, random: () => 0.5, decoder: shareDecoder() },
  });
  onTestFinished(() => mirror.stop());
  const request = (path: string, init: RequestInit) => fetch(`${mirror.url}${path}`, init);
  return {
    mirror,
    dataDir,
    log: () => [...lines],
    request,
    get: (path, headers = {}) => request(path, { headers }),
    post: (body, headers = {}) =>
      request('/flux/tasks', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
  };
}
