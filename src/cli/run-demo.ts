/** The demo itself: a simulated upstream and a mirror of it, with nothing to configure. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningMirror, startMirror, type World } from '../app/start-mirror.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { systemClock } from '../lib/clock.ts';
import { hasErrorCode } from '../lib/errno.ts';
import { createLog } from '../lib/log.ts';
import { ForbiddenAddress } from '../outbound/addresses.ts';
import { createSafeFetch, type SafeFetch } from '../outbound/safe-fetch.ts';
import { FLUX } from '../service/flux.ts';
import { seededRandom } from '../simulator/random.ts';
import { sampleTasks, VENDOR_DOCUMENTS, VENDOR_IDS } from '../simulator/samples.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { findTaskIds } from '../task/id.ts';
import { print } from './output.ts';
import { stopOnSignal } from './signals.ts';

const DEMO_TOKEN = 'demo';
const FINISHED_AT_START = 60;
const PENDING_AT_START = 8;
const NEW_TASK_EVERY_MS = 10_000;
const MONTH_MS = 30 * 86_400_000;

/** Until a signal ends it. @param port of the mirror, when one was asked for */
export async function runDemo(port: string | undefined): Promise<void> {
  const simulator = await startSimulator({ token: DEMO_TOKEN });
  const dataDir = mkdtempSync(join(tmpdir(), 'flux-mirror-demo-'));
  try {
    const ids = fillAccount(simulator);
    const config = demoConfig(simulator.url, dataDir, port);
    const log = createLog({ level: config.logLevel, format: config.logFormat });
    const safeFetch = onlyTo(simulator.url);
    const mirror = await startOnSomePort(config, port, { clock: systemClock, log, safeFetch });
    await mirror.store.track(ids, systemClock.now());
    const generating = setInterval(() => generateAnother(simulator, mirror), NEW_TASK_EVERY_MS).unref();
    explain(mirror.url, simulator.url, dataDir, ids.length);
    const { outcome, counts } = await mirror.runner.run({ trigger: 'command' });
    log.info({ outcome, ...counts }, 'sync run');
    await stopOnSignal(log, async () => {
      clearInterval(generating);
      await mirror.stop();
    });
  } finally {
    await simulator.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function demoConfig(upstream: string, dataDir: string, port: string | undefined): Config {
  return parseConfig({
    flags: { port: port ?? '8787' },
    env: {
      ACEDATACLOUD_API_TOKEN: DEMO_TOKEN,
      ACEDATACLOUD_API_BASE_URL: upstream,
      FLUX_MIRROR_DATA_DIR: dataDir,
      FLUX_MIRROR_SYNC_CRON: '*/3 * * * * *',
      FLUX_MIRROR_LOG_FORMAT: process.stderr.isTTY ? 'pretty' : 'json',
    },
  });
}

/** The vendor's two sample tasks link to images on the internet, and a demo goes nowhere. */
function onlyTo(url: string): SafeFetch {
  const { fetch, close } = createSafeFetch([new URL(url).host]);
  return {
    close,
    fetch: async (link, request) => {
      if (!link.startsWith(`${url}/`)) throw new ForbiddenAddress('the demo reaches its simulator alone');
      return fetch(link, request);
    },
  };
}

/** A demo must not fail because something else has the port; a port that was asked for is another matter. */
async function startOnSomePort(
  config: Config,
  asked: string | undefined,
  world: World,
): Promise<RunningMirror> {
  try {
    return await startMirror(config, world);
  } catch (error) {
    if (!hasErrorCode(error, 'EADDRINUSE') || asked !== undefined) throw error;
    return startMirror({ ...config, port: 0 }, world);
  }
}

/** Finished tasks of the last months, and some that finish in the next seconds. @returns all their ids */
function fillAccount(simulator: Simulator) {
  const random = seededRandom(1);
  const now = systemClock.now();
  simulator.seed(VENDOR_DOCUMENTS);
  const finished = sampleTasks(FINISHED_AT_START, random).map((task) =>
    simulator.addTask({ ...task, createdAtMs: now - Math.floor(random() * 8 * MONTH_MS), durationMs: 0 }),
  );
  const pending = sampleTasks(PENDING_AT_START, random).map((task, at) =>
    simulator.addTask({ ...task, durationMs: 2000 + at * 3000 }),
  );
  const failed = simulator.addTask({
    prompt: 'a cat holding a forbidden sign',
    durationMs: 0,
    fails: { code: 'bad_request', message: 'prompt was flagged by the content policy' },
  });
  return findTaskIds([...VENDOR_IDS, failed, ...finished, ...pending].join(' '));
}

/** As if somebody generated another image just now. */
function generateAnother(simulator: Simulator, mirror: RunningMirror): void {
  const [task] = sampleTasks(1, Math.random);
  if (!task) return;
  const id = simulator.addTask({ ...task, durationMs: 5000 });
  void mirror.store.track(findTaskIds(id), systemClock.now());
}

function explain(mirrorUrl: string, simulatorUrl: string, dataDir: string, tracked: number): void {
  print(`This is a demo. The upstream is SIMULATED on ${simulatorUrl}; the mirror of it is ${mirrorUrl}`);
  print(`${tracked} task ids are tracked; watch them being synced below, and try in another terminal:`);
  print('');
  print(`  curl -s ${mirrorUrl}${FLUX.taskPath} -d '{"action":"retrieve","id":"${VENDOR_IDS[0]}"}'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=cat&limit=3'`);
  print(`  curl -s '${mirrorUrl}/api/search?q=%E7%8C%AB'`);
  print(
    `  curl -s ${mirrorUrl}${FLUX.generationPaths.images} -d '{"action":"generate","prompt":"a cat in a mirror","async":true}'`,
  );
  print(`  curl -s ${mirrorUrl}/api/stats`);
  print(`  npm run flux-mirror -- search 'cat -portrait' --data-dir ${dataDir}`);
  print('');
  print('Ctrl-C ends it; everything was in a temporary directory and goes away.');
}
