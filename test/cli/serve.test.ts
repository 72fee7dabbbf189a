import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VENDOR_DOCUMENTS, VENDOR_IDS } from '../../src/simulator/samples.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { runCli, startCli, watch } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { imageHost } from '../helpers/image-host.ts';
import { createEngineEnv } from '../helpers/test-engine.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

const LISTENS = /listens on (http:\S+)/;

test('serve prints its address with a working curl command, and shuts down gracefully on SIGTERM', async (context) => {
  const dataDir = temporaryDirectory();
  const simulator = await startSimulator();
  simulator.seed(VENDOR_DOCUMENTS);
  const child = startCli(['serve', '--port', '0', '--data-dir', dataDir, '--upstream', simulator.url], {
    // The schedule would now and then be faster than the run that is asked for.
    env: {
      ...(await createEngineEnv(dataDir)),
      ...{ ACEDATACLOUD_API_TOKEN: 'secret-of-the-test', FLUX_MIRROR_SYNC_CRON: 'off' },
    },
  });
  const seen = watch(child);
  const [, url = ''] = await seen(LISTENS);
  const [, curl = ''] = await seen(/try: {2}curl '(\S+)'/);
  expect((await fetch(curl)).status).toBe(200);

  // A second one is kept out, with a clear line, and does no harm.
  const second = await runCli(['serve', '--port', '0', '--data-dir', dataDir]);
  expect([second.code, second.stderr]).toEqual([
    1,
    expect.stringMatching(/in use by another flux-mirror \(pid \d+/),
  ]);
  // Commands work beside it.
  const [id = ''] = VENDOR_IDS;
  await runCli(['track', id, '--data-dir', dataDir]);
  const synced = await fetch(`${url}/api/sync`, { method: 'POST' });
  expect(await synced.json()).toMatchObject({ outcome: 'done', finished: 1 });
  expect((await runCli(['get', id, '--data-dir', dataDir])).stdout).toBe(`${VENDOR_DOCUMENTS[0]}\n`);

  const release = simulator.fault({ kind: 'hold' });
  const asked = simulator.requests.length;
  const inFlight = fetch(`${url}/flux/tasks`, {
    method: 'POST',
    body: `{"action":"retrieve","id":"${VENDOR_IDS[1]}"}`,
  });
  await expect.poll(() => simulator.requests.length).toBe(asked + 1);
  child.kill('SIGTERM');
  await expect.poll(() => fetch(url).catch(() => 'closed')).toBe('closed');
  release();
  expect(await (await inFlight).text()).toBe(VENDOR_DOCUMENTS[1]);
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(existsSync(join(dataDir, 'mirror.db-wal'))).toBe(false); // the database was closed, not dropped
  await simulator.stop();
  showFigure(context, 'exit 0, 0 answers lost');
});

test('SIGTERM aborts a run, a caller and a download that wait for a hanging upstream, within ten seconds', async (context) => {
  const dataDir = temporaryDirectory();
  const simulator = await startSimulator();
  const host = await imageHost();
  host.serve('/1', (response) => void response.writeHead(200).write('x')); // and no more
  const [pending = '', asked = '', pictured = ''] = numberedIds(3);
  const data = [{ image_url: `${host.url}/1` }];
  const picture = documentText({ id: pictured, more: { response: { success: true, data } } });
  await runCli(['import', '-', '--data-dir', dataDir], { input: picture });
  simulator.fault({ kind: 'hang' });
  const env = {
    ...(await createEngineEnv(dataDir)),
    ACEDATACLOUD_API_TOKEN: 't',
    FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
    FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host.host,
    FLUX_MIRROR_UPSTREAM_TIMEOUT: '5m',
  };
  const child = startCli(['serve', '--port', '0', '--data-dir', dataDir, '--upstream', simulator.url], {
    env,
  });
  const [, url = ''] = await watch(child)(LISTENS);
  await fetch(`${url}/api/tracked`, { method: 'POST', body: JSON.stringify({ ids: [pending] }) });
  const post = (path: string, body: unknown) =>
    fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) }).catch(() => undefined);
  const answers = [post('/api/sync', {}), post('/flux/tasks', { action: 'retrieve', id: asked })];
  await expect.poll(() => simulator.requests.length).toBe(2);
  await expect.poll(() => host.paths, { timeout: 30_000 }).toEqual(['/1']);

  const started = performance.now();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const ms = performance.now() - started;
  expect(ms).toBeLessThan(10_000);
  expect(existsSync(join(dataDir, 'mirror.db-wal'))).toBe(false); // checkpointed
  expect((await answers[1])?.status).toBe(502);
  const { stdout } = await runCli(['status', '--json', '--data-dir', dataDir]);
  expect(JSON.parse(stdout)).toMatchObject({ tracked: 1, failing: [], images: { archived: 0, wanted: 1 } });
  await simulator.stop();
  showFigure(context, `ended after ${(ms / 1000).toFixed(1)} s, 0 lost`);
});

test('a port in use fails with one line', async () => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as { port: number };
  const { code, stderr } = await runCli([
    'serve',
    '--port',
    String(port),
    '--data-dir',
    temporaryDirectory(),
  ]);
  blocker.close();
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^flux-mirror: .*choose another --port\n$/)]);
});

test('the demo syncs simulated tasks within seconds, and its curl commands work as printed', async () => {
  const child = startCli(['demo', '--port', '0']);
  let logged = '';
  child.stderr.on('data', (chunk) => {
    logged += String(chunk);
  });
  const seen = watch(child);
  await seen(/^Gallery: http:\S+\n.*SIMULATED/m);
  await seen(/"finished":3\d\d/);
  await seen(/Ctrl-C stops the demo/);
  const introducedAtMs = Date.now();
  const [, first = '', body = ''] = await seen(/curl -s (\S+\/flux\/tasks) -d '(\S+)'/);
  const answer = await fetch(first, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' }, // as curl -d sends it
    body,
  });
  expect(await answer.text()).toBe(VENDOR_DOCUMENTS[0]);
  for (const pattern of [/curl -s '(\S+q=cat&limit=3)'/, /curl -s '(\S+q=%E7%8C%AB)'/]) {
    const [, url = ''] = await seen(pattern);
    const { total } = (await (await fetch(url)).json()) as { total: number };
    expect(total).toBeGreaterThan(0);
  }
  const [, images = '', request = ''] = await seen(/curl -s (\S+\/flux\/images) -d '([^']+)'/);
  const generated = await fetch(images, { method: 'POST', body: request });
  expect(await generated.json()).toHaveProperty('task_id');
  const [, stats = ''] = await seen(/curl -s (\S+\/api\/stats)/);
  await seen(/collection show 'posters for the fair'/);
  const list = await (await fetch(new URL('/api/collections', stats))).json();
  expect(list).toMatchObject({
    items: [{ name: 'Posters for the fair', tasks: 8, cover: { is_chosen: true }, is_shared: false }],
  });
  const archive = async () =>
    ((await (await fetch(stats)).json()) as { images: { archived: number; reasons: unknown } }).images;
  await expect.poll(async () => (await archive()).archived, { timeout: 90_000 }).toBeGreaterThan(50);
  // The vendor's two samples link to the internet, and a demo goes nowhere.
  const reason = { error: 'refused: the demo only contacts its simulator', count: 2 };
  await expect.poll(async () => (await archive()).reasons).toEqual([reason]);
  // Nothing scrolls the commands away.
  const times = Array.from(logged.matchAll(/"level":30,"time":(\d+)/g), ([, time]) => Number(time));
  expect(times.length).toBeGreaterThan(0);
  expect(times.filter((time) => time > introducedAtMs)).toEqual([]);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
