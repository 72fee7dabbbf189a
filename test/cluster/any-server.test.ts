/** Event streams, feeds, webhooks and numbers are those of the mirror, whichever server is asked. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { askServers } from '../../src/app/server-address.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { TaskId } from '../../src/task/id.ts';
import { createToken } from '../helpers/access-token.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { type ClusterServer, startTestCluster, type TestCluster } from '../helpers/test-cluster.ts';
import { startReceiver } from '../helpers/webhook-receiver.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const [FIRST, SECOND] = numberedIds(2);

async function postJson<T>({ request }: ClusterServer, path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await request(path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.ok).toBe(true);
  return (await answer.json()) as T;
}

/** A cluster of which at least two servers are there. */
async function startPair(options: Parameters<typeof startTestCluster>[1] = {}) {
  const cluster = await startTestCluster(2, options);
  const [one, two] = cluster.servers;
  if (!one || !two) throw new Error('not two servers');
  return { cluster, one, two };
}

/** Tasks that have finished, found by a run at one server. */
async function finish({ simulator, clock }: TestCluster, by: ClusterServer, ids: readonly TaskId[]) {
  simulator.seed(ids.map((id) => documentText({ id, prompt: 'a cat', createdAt: clock.now() / 1000 })));
  await by.mirror.store.track(ids, clock.now());
  await by.mirror.runner.run({ trigger: 'api' });
}

/** The lines of an event stream, as they come. */
async function listen(server: ClusterServer, headers: Record<string, string> = {}) {
  const hangingUp = new AbortController();
  onTestFinished(() => hangingUp.abort());
  const response = await server.request('/api/events', { headers, signal: hangingUp.signal });
  let text = '';
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
  };
  read().catch(() => undefined); // hung up
  return { text: () => text, lastId: () => /^id: (.*)$/m.exec(text)?.[1] ?? '' };
}

describe('an event stream', () => {
  test('of one server tells that something has changed at another one', async () => {
    const { cluster, one, two } = await startPair();
    const stream = await listen(two);
    await expect.poll(stream.text).toContain('id: ');
    const before = stream.text().length;
    cluster.simulator.seed([documentText({ id: FIRST })]);
    await one.post({ action: 'retrieve', id: FIRST });
    await expect.poll(() => stream.text().slice(before)).toContain('event: changed');
  });

  test('that is taken up at another server begins with everything that may have changed', async () => {
    const { one, two } = await startPair();
    const stream = await listen(one);
    await expect.poll(stream.lastId).not.toBe('');
    const other = await listen(two, { 'last-event-id': stream.lastId() });
    await expect.poll(other.text).toContain('event: changed');
  });
});

test('a saved search of one server is a feed of the other, with what a third one has stored', async () => {
  const { cluster, one, two } = await startPair();
  const three = await cluster.start();
  const saved = await postJson<{ id: string }>(one, '/api/saved', { name: 'Cats', query: 'cat' });
  const published = await postJson<object>(one, `/api/saved/${saved.id}/feed`, {});
  const path = /\/feeds\/[^"]*\.atom[^"]*/.exec(JSON.stringify(published))?.[0] ?? '';
  cluster.simulator.seed([documentText({ id: FIRST, prompt: 'a cat' })]);
  await three.post({ action: 'retrieve', id: FIRST });
  const feed = await two.get(path);
  expect([feed.status, await feed.text()]).toEqual([200, expect.stringContaining(FIRST)]);
});

test('each webhook goes out once, whichever servers find that tasks have finished', async () => {
  const receiver = await startReceiver();
  const { cluster, one, two } = await startPair({ settings: { imageAllowHosts: receiver.host } });
  const saved = await postJson<{ id: string }>(one, '/api/saved', { name: 'Cats', query: 'cat' });
  await postJson(one, '/api/webhooks', { url: receiver.url, saved_search: saved.id });
  await postJson(two, '/api/webhooks', { url: `${receiver.url}&two`, saved_search: saved.id });
  cluster.clock.advance(1000);
  const ids = numberedIds(12);
  await Promise.all([finish(cluster, one, ids.slice(0, 6)), finish(cluster, two, ids.slice(6))]);
  const runAll = () => Promise.all([one, two, one, two].map(({ mirror }) => mirror.webhooks.run()));
  for (let round = 0; round < 3; round += 1) await runAll();
  await expect.poll(() => receiver.messages.length).toBeGreaterThanOrEqual(2 * ids.length);
  await runAll();
  const told = receiver.messages.map(({ value }) => value.data.task?.id ?? 'none');
  expect(told.toSorted()).toEqual([...ids, ...ids].toSorted());
  expect(new Set(receiver.messages.map(({ id }) => id)).size).toBe(2 * ids.length);
});

test('that the mirror fails, and works again, is told once', async () => {
  const receiver = await startReceiver();
  const { cluster, one, two } = await startPair({ settings: { imageAllowHosts: receiver.host } });
  await postJson(one, '/api/webhooks', { url: receiver.url, health: true });
  const watchAll = async () => {
    for (let round = 0; round < 3; round += 1)
      await Promise.all([one, two].map(({ mirror }) => mirror.webhooks.run()));
  };
  const circuit = { reason: 'unreachable', message: 'it is down', nowMs: cluster.clock.now() } as const;
  await one.mirror.store.openCircuit({ ...circuit, waitMs: () => 60_000 });
  await watchAll();
  await one.mirror.store.closeCircuit(cluster.clock.now());
  await watchAll();
  expect(receiver.messages.map(({ value }) => value.type)).toEqual(['mirror.failing', 'mirror.recovered']);
});

test('tokens and their requirement count at all servers within a second', async () => {
  const { cluster, one, two } = await startPair();
  const path = `/api/tasks/${SECOND}`;
  expect((await two.get(path)).status).toBe(404);
  await one.mirror.store.addAccessToken(createToken('somebody'));
  cluster.clock.advance(1001);
  await expect.poll(async () => (await two.get(path)).status).toBe(401);
});

test('who signs in at one server is signed in at all, also when both have made the first session', async () => {
  const { one, two } = await startPair({ settings: { tokens: 'a-secret' } });
  const signIn = async ({ request, mirror }: ClusterServer) => {
    const answer = await request('/sign-in', {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: mirror.url, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'token=a-secret',
    });
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  };
  const cookies = await Promise.all([one, two].map(signIn));
  for (const cookie of cookies)
    for (const { get } of [one, two]) {
      const headers = { cookie, 'sec-fetch-site': 'same-origin' };
      expect((await get('/api/stats', headers)).status).toBe(200);
    }
  expect((await one.get('/api/stats')).status).toBe(401);
});

test('every server is listed, with what it says of itself', async () => {
  const cluster = await startTestCluster(0);
  const machine = { clock: systemClock, hasExactClock: false };
  const one = await cluster.start({}, machine);
  const two = await cluster.start({}, machine);
  const listUrls = async () =>
    (await askServers(one.mirror.store, Date.now(), fetch)).servers.map(({ state }) => [
      state?.url,
      state?.status,
    ]);
  const expected = [one, two].map(({ mirror }) => [mirror.url, 'ready']);
  await expect.poll(async () => (await listUrls()).toSorted()).toEqual(expected.toSorted());
  await two.mirror.stop();
  expect(await listUrls()).toEqual([[one.mirror.url, 'ready']]);
});

test('a server whose images are in a folder says that others do not see them', async () => {
  const cluster = await startTestCluster(1, { settings: { archiveImages: 'true' } });
  const second = await cluster.start();
  const listWarnings = (server: ClusterServer | undefined) =>
    server?.log().filter((line) => line.includes('in a folder that they do not see'));
  expect([listWarnings(cluster.servers[0]), listWarnings(second)?.length]).toEqual([[], 1]);
});
