/** Start, work, kill, look; again and again on the same data. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createSeededRandom } from '../../src/simulator/random.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { checkDataDir } from './check-data-dir.ts';
import type { Findings } from './checks.ts';
import { importFile, runClients } from './clients.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { type CrashReceiver, startCrashReceiver } from './receiver.ts';
import { createServerEnv, startServerProcess, UPSTREAM_TOKEN } from './server-process.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  /** Longest time from the first line of the server to its death, milliseconds. */
  readonly longestLifeMs?: number;
  readonly onRound?: (round: number) => void;
}

export interface CrashReport {
  readonly kills: number;
  /** Of those, before the server was ready. */
  readonly early: number;
  readonly documents: number;
  readonly trackedIds: number;
  readonly marks: number;
  /** Messages of webhooks that must arrive. */
  readonly messages: number;
  /** Changes of collections. */
  readonly arrangements: number;
  readonly images: number;
  readonly lost: string[];
  readonly untracked: string[];
  readonly unmarked: string[];
  readonly unsaved: string[];
  readonly untold: string[];
  readonly disordered: string[];
  readonly lostImages: string[];
  readonly partialImages: string[];
  readonly corrupt: string[];
  /** From the start of the process to the line that says where it listens, milliseconds. */
  readonly slowestStartMs: number;
}

const FULL_CHECK_EVERY = 25;
const POLL_INTERVAL_MS = 100;
/** Changes of collections that the first server stores: enough for some that are kept. */
const FIRST_ARRANGEMENTS = 80;
/** How long the first server may take for them, and for an image, on a busy machine. */
const FIRST_LIFE_TIMEOUT_MS = 120_000;
/** More than the waits after two failures. */
const TELLING_TIMEOUT_MS = 60_000;

/** @returns the report; and the data directory with its ledger for a closer look, until `clear` */
export async function runCrashes(options: CrashOptions): Promise<{
  report: CrashReport;
  dataDir: string;
  ledger: Ledger;
  clear(): void;
}> {
  const random = createSeededRandom(options.seed);
  const root = mkdtempSync(join(tmpdir(), 'flux-mirror-crash-'));
  const dataDir = join(root, 'data');
  const simulator = await startSimulator({ token: UPSTREAM_TOKEN });
  const ledger = createLedger();
  const receiver = await startCrashReceiver(random);
  const env = {
    ...createServerEnv(simulator.url, receiver.url),
    FLUX_MIRROR_DATA_DIR: dataDir,
    FLUX_MIRROR_PORT: '0',
    FLUX_MIRROR_LOG_LEVEL: 'warn',
  };
  const found: Findings[] = [];
  let early = 0;
  let slowestStartMs = 0;
  for (let round = 1; round <= options.kills; round += 1) {
    const longestLifeMs = options.longestLifeMs ?? 1500;
    const isFilled = round === 1 ? () => ledger.arrangements() >= FIRST_ARRANGEMENTS : undefined;
    const life = await liveAndDie({ env, root, random, isFilled, longestLifeMs }, (url, signal) =>
      runClients(
        {
          ...{ signal, simulator, ledger, scratch: root, env, random, receiverUrl: receiver.url },
          request: (path, init) => fetch(`${url}${path}`, { ...init, signal }),
        },
        random() < 0.3 ? [importFile] : [],
      ),
    );
    if (life.readyAfterMs === undefined) early += 1;
    else slowestStartMs = Math.max(slowestStartMs, life.readyAfterMs);
    const isFull = round % FULL_CHECK_EVERY === 0 || round === options.kills;
    const fresh = ledger.takeNew();
    found.push(await checkDataDir(dataDir, isFull ? ledger : fresh, isFull));
    options.onRound?.(round);
  }
  const untold = await liveUntilTold({ env, root }, receiver, ledger.expectedMessages);
  await Promise.all([simulator.stop(), receiver.stop()]);
  const all = (kind: Exclude<keyof Findings, 'images'>) => [
    ...new Set(found.flatMap((findings) => findings[kind])),
  ];
  return {
    report: {
      kills: options.kills,
      early,
      documents: ledger.documents.size,
      trackedIds: ledger.trackedIds.size,
      marks: ledger.marks.size,
      messages: ledger.expectedMessages.size,
      arrangements: ledger.arrangements(),
      images: found.at(-1)?.images ?? 0,
      lost: all('lost'),
      untracked: all('untracked'),
      unmarked: all('unmarked'),
      unsaved: all('unsaved'),
      untold,
      disordered: all('disordered'),
      lostImages: all('lostImages'),
      partialImages: all('partialImages'),
      corrupt: all('corrupt'),
      slowestStartMs,
    },
    dataDir,
    ledger,
    clear: () => rmSync(root, { recursive: true, force: true }),
  };
}

interface Life {
  readonly env: Record<string, string>;
  readonly root: string;
  readonly random: () => number;
  /**
   * Of the first server, which is killed once this holds and it has archived an image: the later ones may not live long enough for
   * it. Undefined: a later one.
   */
  readonly isFilled: (() => boolean) | undefined;
  readonly longestLifeMs: number;
}

/** One in ten dies while it starts; the others at a random moment of their work. */
async function liveAndDie(
  { env, root, random, isFilled, longestLifeMs }: Life,
  work: (url: string, signal: AbortSignal) => Promise<void>,
): Promise<{ readyAfterMs: number | undefined }> {
  const started = performance.now();
  const { child, dead, findAddress } = startServerProcess(root, env);
  const end = new AbortController();
  if (!isFilled && random() < 0.1) {
    await delay(random() * 400);
    child.kill('SIGKILL');
    await dead;
    return { readyAfterMs: undefined };
  }
  const url = await findAddress();
  const readyAfterMs = performance.now() - started;
  const working = work(url, end.signal);
  try {
    if (isFilled) await waitForContent(url, isFilled);
    await delay(random() * longestLifeMs);
  } finally {
    // Also when the wait fails: the server must not outlive the test.
    child.kill('SIGKILL');
    await dead;
    end.abort();
    await working;
  }
  return { readyAfterMs };
}

/** The last server lives until everything is told. @returns what is not */
async function liveUntilTold(
  { env, root }: Pick<Life, 'env' | 'root'>,
  { told }: CrashReceiver,
  expected: ReadonlySet<string>,
): Promise<string[]> {
  const { child, dead, findAddress } = startServerProcess(root, env);
  const listUntold = () => [...expected].filter((message) => !told.has(message));
  try {
    await findAddress();
    const deadline = performance.now() + TELLING_TIMEOUT_MS;
    while (listUntold().length > 0 && performance.now() < deadline) await delay(POLL_INTERVAL_MS);
    return listUntold();
  } finally {
    child.kill('SIGKILL');
    await dead;
  }
}

/** @throws Error when it takes too long */
async function waitForContent(url: string, isFilled: () => boolean): Promise<void> {
  const deadline = performance.now() + FIRST_LIFE_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const status = (await (await fetch(`${url}/api/stats`)).json()) as { images: { archived: number } };
    if (status.images.archived > 0 && isFilled()) return;
    await delay(POLL_INTERVAL_MS);
  }
  throw new Error('the first server has archived no image, or few collections were arranged');
}
