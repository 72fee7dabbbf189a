/** The database is away for a while: what callers are told, what is kept, and that all is well again by itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { createRandomKey } from '../../src/lib/random-key.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { administrate, createEmptyDatabase, getDatabaseName } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { type ClusterServer, startTestCluster } from '../helpers/test-cluster.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const [STORED, MISSING] = numberedIds(2);
const GENERATE = { prompt: 'a zebra at the zoo', action: 'generate', model: 'flux-dev', async: true };

/** Lets nobody in, and ends all connections. */
async function takeAway(url: string): Promise<void> {
  const name = getDatabaseName(url);
  await administrate(url, `ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  await administrate(
    url,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
}

async function bringBack(url: string): Promise<void> {
  await administrate(url, `ALTER DATABASE ${getDatabaseName(url)} WITH ALLOW_CONNECTIONS true`);
}

/** One request of each kind that needs the database. */
const REQUESTS: Readonly<Record<string, (server: ClusterServer) => Promise<Response>>> = {
  'a stored task': ({ post }) => post({ action: 'retrieve', id: STORED }),
  'a missing task': ({ post }) => post({ action: 'retrieve', id: MISSING }),
  'a batch': ({ post }) => post({ action: 'retrieve_batch', ids: [STORED, MISSING] }),
  'its document': ({ get }) => get(`/api/tasks/${STORED}`),
  'a search': ({ get }) => get('/api/search?q=cat'),
  facets: ({ get }) => get('/api/facets'),
  tracked: ({ get }) => get('/api/tracked'),
  stats: ({ get }) => get('/api/stats'),
  runs: ({ get }) => get('/api/sync/runs'),
  collections: ({ get }) => get('/api/collections'),
  'an image': ({ get }) => get(`/images/${'a'.repeat(64)}`),
  'a callback': ({ request }) => request('/callbacks/a-key', { method: 'POST', body: '{}' }),
  'a feed': ({ get }) => get(`/feeds/news.atom?key=${createRandomKey()}`),
  'tracking an id': ({ request }) =>
    request('/api/tracked', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [MISSING] }),
    }),
};

async function startWithTask() {
  const databaseUrl = await createEmptyDatabase();
  const cluster = await startTestCluster(2, {
    databaseUrl,
    settings: { discover: 'false', callbackUrl: 'http://127.0.0.1:1' },
  });
  cluster.simulator.seed([documentText({ id: STORED })]);
  for (const server of cluster.servers) {
    expect((await server.post({ action: 'retrieve', id: STORED })).status).toBe(200);
    expect((await server.get('/api/search?q=cat')).status).toBe(200);
  }
  return { ...cluster, databaseUrl };
}

const generate = ({ request }: ClusterServer) =>
  request('/flux/images', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(GENERATE),
  });

describe('while the database is away', () => {
  test('an id that was being fetched when it went away is found by every server once it is back', async () => {
    const { databaseUrl, servers, simulator } = await startWithTask();
    simulator.seed([documentText({ id: MISSING })]);
    simulator.fault({ kind: 'delay', ms: 1000 });
    const before = simulator.requests.length;
    const retrieve = (server: ClusterServer | undefined) => server?.post({ action: 'retrieve', id: MISSING });
    const answer = retrieve(servers[0]);
    await expect.poll(() => simulator.requests.length).toBe(before + 1);
    await takeAway(databaseUrl);
    expect(await (await answer)?.text()).toBe(documentText({ id: MISSING }));
    await bringBack(databaseUrl);
    for (const server of servers) expect((await retrieve(server))?.status).toBe(200);
  });

  test('every request that needs it is answered with 503 and Retry-After, by every server, also by one that never searched', async () => {
    const cluster = await startWithTask();
    const fresh = await cluster.start();
    await takeAway(cluster.databaseUrl);
    for (const server of [...cluster.servers, fresh]) {
      const answers = await Promise.all(
        Object.entries(REQUESTS).map(async ([what, ask]) => {
          const { status, headers } = await ask(server);
          return `${what}: ${status}, ${headers.get('retry-after')}`;
        }),
      );
      expect(answers).toEqual(Object.keys(REQUESTS).map((what) => `${what}: 503, 1`));
      expect((await server.get('/healthz')).status).toBe(200);
      const ready = await server.get('/readyz');
      expect([ready.status, await ready.json()]).toEqual([
        503,
        { status: 'not ready', reasons: [expect.stringContaining('database')] },
      ]);
    }
    await bringBack(cluster.databaseUrl);
    for (const server of [...cluster.servers, fresh]) {
      await expect.poll(async () => (await server.get('/readyz')).status, { timeout: 2000 }).toBe(200);
      expect((await server.post({ action: 'retrieve', id: STORED })).status).toBe(200);
      expect((await server.get('/api/search?q=cat')).status).toBe(200);
      expect((await server.post({ action: 'retrieve', id: MISSING })).status).toBe(404);
    }
  });

  test('generations pass, and their ids are stored once it is back', async () => {
    const cluster = await startWithTask();
    const [server] = cluster.servers;
    if (!server) throw new Error('no server');
    await takeAway(cluster.databaseUrl);
    const answer = await generate(server);
    expect(answer.status).toBe(200);
    const { task_id: id } = (await answer.json()) as { task_id: string };
    expect(existsSync(join(server.dataDir, 'spool.jsonl'))).toBe(true);
    await bringBack(cluster.databaseUrl);
    await expect.poll(() => existsSync(join(server.dataDir, 'spool.jsonl'))).toBe(false);
    const found = await cluster.servers[1]?.get('/api/search?q=zebra');
    expect(await found?.json()).toMatchObject({ items: [{ id }] });
  });

  test('the log of each server has one line about it, and one when it is back', async () => {
    const cluster = await startWithTask();
    const before = cluster.servers.map(({ log }) => log().length);
    await takeAway(cluster.databaseUrl);
    for (let round = 0; round < 3; round += 1)
      for (const server of cluster.servers) {
        await Promise.all(Object.values(REQUESTS).map((ask) => ask(server)));
        await server.mirror.runner.run({ trigger: 'schedule', nextInMs: 1 }).catch(() => undefined);
        await server.mirror.webhooks.run();
        await server.mirror.callbackDelivery.run();
        await server.get('/readyz');
        await server.get('/metrics');
      }
    await bringBack(cluster.databaseUrl);
    for (const [at, server] of cluster.servers.entries()) {
      const listNew = () =>
        server
          .log()
          .slice(before[at])
          .map((line) => JSON.parse(line) as { level: number; msg: string })
          .filter(({ level, msg }) => level > 30 || (level === 30 && msg.includes('database')))
          .map(({ msg }) => msg);
      await expect
        .poll(listNew)
        .toEqual([
          'the database is unreachable: requests that need it are answered with 503',
          'the database is reachable again',
        ]);
    }
  });
});
