/**
 * A fuzz of cost: COST_REQUESTS requests (`npm run test:cost`: 2,000 over 20,000 tasks; fewer else) that are meant to cost a lot, one
 * after the other, against the built server, a process of its own. No request may use more CPU time, hold the event loop for longer
 * or need more memory than a bound. It prints the dearest ten of each.
 */
import { request as httpRequest } from 'node:http';
import { expect, test } from 'vitest';
import { startCli, watch } from '../helpers/cli.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';
import { type CostlyRequest, createCostlyRequests } from './requests.ts';
import { fillWithCostlyTasks } from './tasks.ts';
import { measureSlowness, measureUsage, type Usage } from './usage.ts';

const REQUESTS = Number(process.env.COST_REQUESTS ?? 40);
const TASKS = Number(process.env.COST_TASKS ?? 3000);
const SEED = Number(process.env.COST_SEED ?? 1);

/** For a machine as fast as the one for which they were chosen; the times are scaled by a calibration in the same run. */
const BOUNDS: Usage = { cpuMs: 1500, mainMs: 50, mebibytes: 200 };
/** The cost of a request is what it costs at best: the rest is a garbage collection, or code that was compiled meanwhile. */
const TRIES = 10;

interface Measured extends Usage {
  readonly asked: CostlyRequest;
  readonly status: number;
}

test(`${REQUESTS} costly requests: none exceeds its bounds of CPU time, event loop and memory`, async (context) => {
  requireOnMachine(context, 'linux');
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const ids = await fillWithCostlyTasks(store, TASKS);
  await store.close();
  const child = startCli(['serve', '--port', '0', '--data-dir', dataDir, '--offline', '--sync-cron', 'off'], {
    env: { FLUX_MIRROR_SEARCH_TIMEOUT: '60s' },
  });
  const [, url = ''] = await watch(child)(/listens on (\S+)/);
  const pid = child.pid ?? 0;
  const next = createCostlyRequests(SEED, ids);
  const slowness = await measureSlowness();
  const bounds = { ...BOUNDS, cpuMs: BOUNDS.cpuMs * slowness, mainMs: BOUNDS.mainMs * slowness };
  const exceeds = (usage: Usage) =>
    usage.cpuMs > bounds.cpuMs || usage.mainMs > bounds.mainMs || usage.mebibytes > bounds.mebibytes;

  for (let at = 0; at < 40; at += 1) await send(url, next()); // starts the threads, compiles what is used
  const all: Measured[] = [];
  for (let at = 0; at < REQUESTS; at += 1) {
    const asked = next();
    let status = 0;
    const measure = () =>
      measureUsage(pid, async () => {
        status = await send(url, asked);
      });
    let best = await measure();
    for (let attempt = 1; attempt < TRIES && exceeds(best); attempt += 1)
      best = takeLeast(best, await measure());
    all.push({ ...best, asked, status });
  }

  console.log(describeDearest(all, bounds, slowness));
  const failed = all.filter(({ status, asked }) => status >= 500 && asked.method === 'GET');
  expect(failed.map(({ asked, status }) => [status, asked.path.slice(0, 300)])).toEqual([]);
  expect(all.filter(exceeds).map(describe)).toEqual([]);
}, 3_600_000);

/** @returns the status of the response */
function send(url: string, { method, path, body }: CostlyRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const headers = { 'content-type': 'application/json' };
    // A connection of its own: one that is kept may be closed by the server just when it is used again.
    const sent = httpRequest({ agent: false, hostname, port, method, path, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

function takeLeast(a: Usage, b: Usage): Usage {
  return {
    cpuMs: Math.min(a.cpuMs, b.cpuMs),
    mainMs: Math.min(a.mainMs, b.mainMs),
    mebibytes: Math.min(a.mebibytes, b.mebibytes),
  };
}

function describe({ cpuMs, mainMs, mebibytes, status, asked }: Measured): string {
  const figures = `${cpuMs.toFixed(0)} ms, event loop ${mainMs.toFixed(1)} ms, ${mebibytes.toFixed(0)} MiB`;
  const text = `${asked.path} ${asked.body ?? ''}`;
  return `${figures}: ${status} ${asked.method} ${decodeURIComponent(text.slice(0, 6000).replace(/%(?![0-9A-F]{2})|%[0-9A-F]?$/g, '')).slice(0, 140)}`;
}

function describeDearest(all: readonly Measured[], bounds: Usage, slowness: number): string {
  const kinds = [
    ['CPU time', 'cpuMs', 'ms'],
    ['event loop', 'mainMs', 'ms'],
    ['memory', 'mebibytes', 'MiB'],
  ] as const;
  const tables = kinds.map(([title, member, unit]) => {
    const dearest = all.toSorted((a, b) => b[member] - a[member]).slice(0, 10);
    return [
      `The dearest ten by ${title} (bound ${bounds[member].toFixed(0)} ${unit}):`,
      ...dearest.map(describe),
    ].join('\n  ');
  });
  return [`${all.length} requests, ${TASKS} tasks, machine slower by ${slowness.toFixed(2)}`, ...tables].join(
    '\n',
  );
}
