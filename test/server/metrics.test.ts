import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGauges } from '../../src/server/monitoring/gauges.ts';
import { createMetrics } from '../../src/server/monitoring/metrics.ts';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { builtModule } from '../helpers/built-module.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import {
  openTestStore,
  startTestMirror,
  type TestMirror,
  temporaryDirectory,
} from '../helpers/test-mirror.ts';

const [FIRST_ID] = VENDOR_IDS;
const UUID = /^[0-9a-f-]{36}$/;

/** The samples of `/metrics`, by name with labels. */
async function samples(here: TestMirror): Promise<Map<string, number>> {
  const answer = await here.get('/metrics');
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))] as const;
    }),
  );
}

const requestCount = (method: string, route: string, status: number, cache: string) =>
  `flux_mirror_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}",cache="${cache}"}`;

describe('GET /metrics', () => {
  test('counts responses by route, status and cache, on the fast path and in Hono', async () => {
    const here = await startTestMirror({ allowedOrigins: 'https://app.example', basePath: '/base' });
    here.simulator.seed(VENDOR_DOCUMENTS);
    const body = { action: 'retrieve', id: FIRST_ID };
    await here.post(body); // a miss
    await here.post(body);
    await here.post(body, { origin: 'https://app.example' }); // through Hono
    await here.post('nonsense');
    for (const id of numberedIds(3)) await here.get(`/api/tasks/${id}`);
    await here.get('/nowhere');
    await here.request('/api/stats', { method: 'PROPFIND' });
    const counted = await samples(here);
    expect(counted.get(requestCount('POST', '/flux/tasks', 200, 'miss'))).toBe(1);
    expect(counted.get(requestCount('POST', '/flux/tasks', 200, 'hit'))).toBe(2);
    expect(counted.get(requestCount('POST', '/flux/tasks', 400, 'none'))).toBe(1);
    expect(counted.get(requestCount('GET', '/api/tasks/:id', 404, 'none'))).toBe(3);
    expect(counted.get(requestCount('GET', 'none', 404, 'none'))).toBe(1);
    expect(counted.get(requestCount('other', 'none', 405, 'none'))).toBe(1);
    expect([...counted.keys()].join()).not.toContain(FIRST_ID);
  });

  test('reports upstream outcomes, runs, due ids, and stored documents', async () => {
    const here = await startTestMirror();
    const [finished, pending] = numberedIds(2);
    here.simulator.seed([documentText({ id: finished }), documentText({ id: pending, state: 'pending' })]);
    await here.store.track([finished, pending], here.clock.now());
    await here.mirror.runner.run({ trigger: 'schedule' });
    here.simulator.fault({ kind: 'status', status: 500 });
    here.clock.advance(60_000);
    await here.post({ action: 'retrieve', id: pending });
    const counted = await samples(here);
    expect(counted.get('flux_mirror_upstream_requests_total{outcome="200"}')).toBe(1);
    expect(counted.get('flux_mirror_upstream_requests_total{outcome="500"}')).toBeGreaterThan(0);
    expect(counted.get('flux_mirror_sync_run_duration_seconds_count{outcome="done"}')).toBe(1);
    expect(counted.get('flux_mirror_sync_last_success_timestamp_seconds')).toBeGreaterThan(1e9);
    expect(counted.get('flux_mirror_documents_total{result="inserted"}')).toBe(2);
    expect(counted.get('flux_mirror_tasks{state="succeeded"}')).toBe(1);
    expect(counted.get('flux_mirror_tracked_tasks')).toBe(1);
    expect(counted.get('flux_mirror_due_tasks')).toBe(1);
    expect(counted.get('flux_mirror_storage_writable')).toBe(1);
    expect(counted.get('flux_mirror_event_loop_lag_seconds{statistic="p99"}')).toBeGreaterThanOrEqual(0);
    expect(counted.get(requestCount('POST', '/flux/tasks', 200, 'stale'))).toBe(1);
  });

  test('has every metric that the dashboard and the alert rules use', async () => {
    const here = await startTestMirror();
    await here.post({ action: 'retrieve', id: FIRST_ID });
    const text = await (await here.get('/metrics')).text();
    const known = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    for (const file of ['grafana-dashboard.json', 'alerts.yml']) {
      const rules = readFileSync(join(import.meta.dirname, '../../docs/monitoring', file), 'utf8');
      const named = [...rules.matchAll(/\b(?:flux_mirror|process)_[a-z_]+/g)].map(([name]) =>
        name.replace(/_(bucket|count|sum)$/, ''),
      );
      expect(named.length).toBeGreaterThan(5);
      for (const name of named) expect(known, `${file}: ${name}`).toContain(name);
      for (const [, name = '', labels = ''] of rules.matchAll(/\b(flux_mirror_[a-z_]+)\{([^}]*)\}/g)) {
        const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`));
        for (const [, label = ''] of labels.matchAll(/(\w+)\s*(?:=~|!=|!~|=)/g))
          if (label !== 'job' && samples.length > 0)
            expect(samples[0], `${file}: ${name}`).toMatch(new RegExp(`[{,]${label}="`));
      }
    }
  });
});

describe('process metrics', () => {
  const UNLABELLED = [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_start_time_seconds',
    'nodejs_heap_size_used_bytes',
    'nodejs_eventloop_lag_p99_seconds',
  ];

  test('have no labels, and appear once even if several mirrors run in one process', async () => {
    const first = await startTestMirror();
    const second = await startTestMirror();
    for (const here of [first, second]) {
      const read = await samples(here);
      for (const name of UNLABELLED) expect(read.get(name), name).toBeGreaterThanOrEqual(0);
      expect(read.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    }
    const metric = () => createMetrics().registry.getSingleMetric('nodejs_gc_duration_seconds');
    expect(metric()).toBe(metric());
  });

  test('do not keep the process alive', async () => {
    const built = builtModule('server/monitoring/metrics');
    const script = `const { createMetrics } = await import('${built}'); await createMetrics().registry.metrics();`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('status', () => {
  test('shows the problems of /readyz, and says when no server runs', async () => {
    const here = await startTestMirror();
    here.simulator.fault({ kind: 'status', status: 401 });
    await here.store.track(numberedIds(1), here.clock.now());
    await here.mirror.runner.run({ trigger: 'schedule' });
    const { reasons } = (await (await here.get('/readyz')).json()) as { reasons: string[] };
    expect(reasons).toEqual([expect.stringContaining('upstream rejected')]);
    const status = () => runCli(['status', '--data-dir', here.config.dataDir]);
    const { stdout } = await status();
    const [server = '', reason] = stdout.split('\n');
    expect(server).toMatch(/^server {4}ready at /);
    expect(server).toContain(` at ${here.mirror.url} (pid ${process.pid})`);
    expect(reason).toBe(`!!        ${reasons[0]}`);
    await here.mirror.stop();
    expect((await status()).stdout).toContain('server    not running\n');
    await here.restart();
  });
});

test('status names a server that owns the directory and does not respond', async (context) => {
  requireSqlite(context);
  const dataDir = temporaryDirectory();
  const child = startCli(['serve', '--port', '0', '--offline', '--data-dir', dataDir]);
  await watch(child)(/listens on/);
  child.kill('SIGSTOP');
  const { stdout } = await runCli(['status', '--data-dir', dataDir]);
  expect(stdout).toContain(`server    does not answer; process ${child.pid} holds the data directory\n`);
});

describe('the log', () => {
  test('has a line for every response at debug, with the trace_id of an error body', async () => {
    const here = await startTestMirror();
    const answers = [
      await here.post('nonsense'),
      await here.get('/nowhere'),
      await here.get('/api/search?limit=0'),
    ];
    for (const answer of answers) {
      const { trace_id: traceId } = (await answer.json()) as { trace_id: string };
      expect(traceId).toMatch(UUID);
      const lines = here
        .log()
        .split('\n')
        .filter((line) => line.includes(traceId));
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { msg: 'request', status: answer.status, ms: expect.any(Number) },
      ]);
    }
  });

  test('has a server error with the same id and its cause', async () => {
    const here = await startTestMirror();
    await here.simulator.stop();
    const answer = await here.post({ action: 'retrieve', id: FIRST_ID });
    const { trace_id: traceId } = (await answer.json()) as { trace_id: string };
    const lines = here
      .log()
      .split('\n')
      .filter((line) => line.includes(traceId))
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { level: 40, status: 502 },
      { msg: 'request', status: 502 },
    ]);
  });

  test('never has a token, in any request or error', async () => {
    const here = await startTestMirror({ tokens: 'mirror-secret-1', logLevel: 'trace' });
    const secret = (token: string) => ({ authorization: `Bearer ${token}` });
    here.simulator.fault({ kind: 'status', status: 500 });
    await here.post({ action: 'retrieve', id: FIRST_ID }, secret('mirror-secret-1'));
    await here.post('{"a":', secret('wrong-secret-2'));
    await here.get('/api/search?q=x&token=query-secret-3', secret('mirror-secret-1'));
    await here.request('/flux/images', {
      method: 'POST',
      headers: secret('mirror-secret-1'),
      body: '{"prompt":"x"}',
    });
    await here.mirror.runner.run({ trigger: 'api' });
    expect(here.log()).toContain('request');
    expect(here.log()).not.toMatch(/secret/);
  });
});

test('a scrape asks the store once for each of its answers, however many gauges show it', async () => {
  const store = await openTestStore();
  const asked: string[] = [];
  const counting = new Proxy(store, {
    get: (target, name, receiver) => {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return value(...args);
      };
    },
  });
  const registry = new Registry();
  const files = { readProblem: () => undefined };
  const clock = new ManualClock();
  const gauges = startGauges(registry, { store: counting, files, clock, isArchiving: true });
  for (let scrape = 0; scrape < 2; scrape += 1) {
    asked.length = 0;
    expect(await registry.metrics()).toContain('flux_mirror_due_tasks 0');
    expect(asked).toContain('stats');
    expect(asked).toEqual([...new Set(asked)]);
  }
  gauges.stop();
});
