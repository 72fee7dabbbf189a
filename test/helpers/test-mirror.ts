/** A test mirror: a simulator, a store in a temporary directory, and the real server on a free port. */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type OpenStoreOptions, openMirrorStore } from '../../src/app/open-store.ts';
import { type RunningMirror, startMirror } from '../../src/app/start-mirror.ts';
import type { Decoder } from '../../src/archive/decoding/decoder.ts';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { SETTINGS, type SettingName } from '../../src/config/setting-table.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createLog } from '../../src/lib/log.ts';
import type { MinRate } from '../../src/outbound/min-rate.ts';
import type { ConnectionLimits } from '../../src/server/listen.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { parseDocument } from '../../src/task/document.ts';
import { createEmptyDatabase } from './empty-database.ts';
import { ManualClock } from './manual-clock.ts';
import { shareDecoder } from './shared-decoder.ts';
import { IS_POSTGRES, locateTestStore } from './test-engine.ts';

export const UPSTREAM_TOKEN = 'upstream-secret-token';

export interface TestMirror {
  readonly clock: ManualClock;
  readonly simulator: Simulator;
  readonly mirror: RunningMirror;
  readonly store: Store;
  readonly config: Config;
  /** Everything that was logged. */
  log(): string;
  /** Ends the mirror and starts it again on the same data. */
  restart(settings?: Partial<Record<SettingName, string>>): Promise<void>;
  /** Posts to `/flux/tasks`. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  request(path: string, init: RequestInit): Promise<Response>;
}

/** What else a test may bring. */
interface Outside {
  readonly limits?: ConnectionLimits;
  readonly fetch?: typeof globalThis.fetch;
  readonly staleWaitMs?: number;
  readonly minImageRate?: MinRate;
  readonly decoder?: Decoder;
  /** Keeps no log: for days on end. */
  readonly isQuiet?: boolean;
}

/** Starts it; everything ends with the test. The schedule is off: tests run it by hand. */
export async function startTestMirror(
  settings: Partial<Record<SettingName, string>> = {},
  simulatorOptions: SimulatorOptions = {},
  outside: Outside = {},
): Promise<TestMirror> {
  const clock = new ManualClock();
  const simulator = await startSimulator({
    token: UPSTREAM_TOKEN,
    now: () => clock.now(),
    ...simulatorOptions,
  });
  const { dataDir = temporaryDataDir() } = settings;
  const { databaseUrl } = await locateTestStore(dataDir);
  const lines: string[] = [];
  const { isQuiet = false, ...parts } = outside;
  const log = createLog({ level: isQuiet ? 'silent' : 'debug', format: 'json' }, lineCollector(lines));
  const defaults = {
    upstreamToken: UPSTREAM_TOKEN,
    upstreamUrl: simulator.url,
    dataDir,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    port: '0',
    syncCron: 'off',
    archiveImages: 'false',
    searchTimeoutMs: '60s', // also on a busy machine
  };

  const start = async (changed: Partial<Record<SettingName, string>>) => {
    const config = testConfig({ ...defaults, ...changed });
    return {
      config,
      mirror: await startMirror(config, {
        ...{ clock, hasExactClock: true, log, random: () => 0.5, decoder: shareDecoder() },
        ...parts,
      }),
    };
  };
  let running = await start(settings);
  onTestFinished(async () => {
    await simulator.stop();
    await running.mirror.stop();
  });

  const request = (path: string, init: RequestInit) => fetch(`${running.mirror.url}${path}`, init);
  return {
    clock,
    simulator,
    get mirror() {
      return running.mirror;
    },
    get store() {
      return running.mirror.store;
    },
    get config() {
      return running.config;
    },
    log: () => lines.join('\n'),
    restart: async (changed = {}) => {
      await running.mirror.stop();
      running = await start({ ...settings, ...changed });
    },
    request,
    get: (path, headers = {}) => request(path, { headers }),
    post: (body, headers = {}) =>
      request('/flux/tasks', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

/** Settings by name, as if they came from the environment; an empty text leaves one out. */
export function testConfig(settings: Partial<Record<SettingName, string>>): Config {
  const env = Object.entries(settings).map(([name, value]) => [SETTINGS[name as SettingName].env, value]);
  return parseConfig({ flags: {}, env: Object.fromEntries(env) });
}

/** A directory that goes away with the test. */
export function temporaryDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'flux-mirror-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** As `temporaryDirectory`, with an empty mirror in it, for tests that are not about the disk: it may be in memory. */
export function temporaryDataDir(): string {
  const directory = temporaryDirectory(findFastParent());
  if (!IS_POSTGRES) createEmptyDatabase(directory);
  return directory;
}

const MEMORY_FILES = '/dev/shm';
const MIN_MEMORY_BYTES = 2 ** 30;

/** Every transaction waits for a disk until it has stored it, but not for memory. */
function findFastParent(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_FILES);
    if (process.env.TMPDIR === undefined && bavail * bsize >= MIN_MEMORY_BYTES) return MEMORY_FILES;
  } catch {
    // Not every system has one.
  }
  return tmpdir();
}

/** An open store that closes with the test. */
export async function openTestStore(
  dataDir = temporaryDataDir(),
  clock = new ManualClock(),
  mode: OpenStoreOptions['mode'] = 'owner',
): Promise<Store> {
  const store = await openMirrorStore(await locateTestStore(dataDir), { clock, mode });
  onTestFinished(async () => store.close());
  return store;
}

/** An open store on SQLite, whichever engine the tests run on, to compare another one with; it closes with the test. */
export async function openSqliteTestStore(): Promise<Store> {
  const store = await openStore({ dataDir: temporaryDataDir(), clock: new ManualClock(), mode: 'owner' });
  onTestFinished(async () => store.close());
  return store;
}

/** Stores documents in a data directory, as an import does, and much faster than a command. */
export async function fillDataDir(dataDir: string, texts: readonly string[]): Promise<void> {
  const store = await openMirrorStore(await locateTestStore(dataDir), { clock: systemClock, mode: 'writer' });
  const documents = texts.map((text) => parseDocument(text, systemClock.now()));
  const requestSeq = await store.nextRequestSeq();
  await store.storeDocuments({ documents, requestSeq, fetchedAtMs: systemClock.now() });
  await store.close();
}

export function lineCollector(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
}
