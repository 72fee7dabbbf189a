/** Three servers on one database: how often they ask the upstream for what many callers want at the same time. */
import { hash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { runSql } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster, type TestCluster } from '../helpers/test-cluster.ts';
import { UPSTREAM_TOKEN } from '../helpers/test-mirror.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const CALLERS = 300;
const SERVERS = 3;
const [ID] = numberedIds(1);

/** The answers to many callers, who are spread over the servers. */
function askAll({ servers }: TestCluster, body: object, headers?: Record<string, string>) {
  return Promise.all(
    Array.from({ length: CALLERS }, async (_, at) => {
      const answer = await servers[at % SERVERS]?.post(body, headers);
      return {
        status: answer?.status,
        text: await answer?.text(),
        cache: answer?.headers.get('cache-status'),
      };
    }),
  );
}

function countRequests({ simulator }: TestCluster, id: string): number {
  return simulator.requests.filter((request) => request.id === id || request.ids?.includes(id)).length;
}

describe(`${CALLERS} callers over ${SERVERS} servers`, () => {
  test.each(['succeeded', 'pending'] as const)(
    'cost one upstream request for a missing id whose task has %s',
    async (state) => {
      const cluster = await startTestCluster(SERVERS);
      const text = documentText({ id: ID, state });
      cluster.simulator.seed([text]);
      cluster.simulator.fault({ kind: 'delay', ms: 300 });
      const answers = await askAll(cluster, { action: 'retrieve', id: ID });
      expect(new Set(answers.map((answer) => `${answer.status} ${answer.text}`))).toEqual(
        new Set([`200 ${text}`]),
      );
      expect(cluster.simulator.requests).toHaveLength(1);
      expect(answers.filter(({ cache }) => /fwd=miss; stored$/.test(cache ?? ''))).toHaveLength(1);
      expect(await runSql(cluster.databaseUrl, 'SELECT * FROM fetching')).toEqual([]);
    },
  );

  test('cost one for an id that the upstream does not know, and all get its response', async () => {
    const cluster = await startTestCluster(SERVERS);
    cluster.simulator.fault({ kind: 'delay', ms: 300 });
    const answers = await askAll(cluster, { action: 'retrieve', id: ID });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.text).toContain('"error"');
    expect(cluster.simulator.requests).toHaveLength(1);
    // Whoever comes a moment later is told by every server, without a request.
    await Promise.all(cluster.servers.map((server) => server.post({ action: 'retrieve', id: ID })));
    expect(cluster.simulator.requests).toHaveLength(1);
  });

  test('cost one for a batch of 50, of which the upstream does not know some', async () => {
    const cluster = await startTestCluster(SERVERS);
    const ids = numberedIds(50);
    cluster.simulator.seed(ids.slice(5).map((id) => documentText({ id })));
    cluster.simulator.fault({ kind: 'delay', ms: 300 });
    const answers = await askAll(cluster, { action: 'retrieve_batch', ids });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(JSON.parse(answers[0]?.text ?? '')).toMatchObject({ count: 45 });
    expect(cluster.simulator.requests).toHaveLength(1);
  });

  test('cost one for a stale task', async () => {
    const cluster = await startTestCluster(SERVERS);
    cluster.simulator.seed([documentText({ id: ID, state: 'pending' })]);
    await cluster.servers[0]?.post({ action: 'retrieve', id: ID });
    cluster.clock.advance(60_000);
    cluster.simulator.fault({ kind: 'delay', ms: 300 });
    const answers = await askAll(cluster, { action: 'retrieve', id: ID });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(cluster.simulator.requests).toHaveLength(2);
  });
});

test('batches that overlap are each fetched once, in whatever order they come', async (context) => {
  const cluster = await startTestCluster(SERVERS, { settings: { concurrency: '8' } });
  const ids = numberedIds(120);
  cluster.simulator.seed(ids.map((id) => documentText({ id })));
  cluster.simulator.fault({ kind: 'delay', ms: 100 });
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, at) => {
      const start = (at * 37) % 80;
      const some = ids.slice(start, start + 40);
      const answer = await cluster.servers[at % SERVERS]?.post({
        action: 'retrieve_batch',
        ids: at % 2 === 0 ? some : some.toReversed(),
      });
      return `${answer?.status} ${/"count":\d+/.exec((await answer?.text()) ?? '')}`;
    }),
  );
  expect(new Set(answers)).toEqual(new Set(['200 "count":40']));
  expect(ids.map((id) => countRequests(cluster, id)).filter((count) => count > 1)).toEqual([]);
  showFigure(context, `${cluster.simulator.requests.length} upstream requests for 60 batches that overlap`);
});

describe('a server whose request fails', () => {
  test('leaves the others to ask by themselves, without waiting for each other', async () => {
    const cluster = await startTestCluster(SERVERS, { settings: { upstreamTimeoutMs: '1s' } });
    cluster.simulator.fault({ kind: 'hang' });
    const answers = await askAll(cluster, { action: 'retrieve', id: ID });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([502]));
    expect(cluster.simulator.requests.length).toBeLessThanOrEqual(SERVERS);
  });

  test('is followed by the next one when it was killed: nobody waits for it longer than its lease', async () => {
    const cluster = await startTestCluster(2, { settings: { upstreamTimeoutMs: '1s' } });
    cluster.simulator.seed([documentText({ id: ID })]);
    const key = hash('sha256', `${UPSTREAM_TOKEN}\n${ID}`, 'base64url');
    const untilMs = cluster.clock.now() + 6000;
    await runSql(
      cluster.databaseUrl,
      `INSERT INTO fetching (key, holder, until) VALUES ('${key}', 'a server that was killed', ${untilMs})`,
    );
    const asking = cluster.servers[1]?.post({ action: 'retrieve', id: ID });
    await cluster.servers[0]?.get('/healthz');
    expect(cluster.simulator.requests).toHaveLength(0);
    cluster.clock.advance(6000);
    expect((await asking)?.status).toBe(200);
    expect(cluster.simulator.requests).toHaveLength(1);
  });
});

test('callers with tokens of their own share nothing', async () => {
  const cluster = await startTestCluster(2, { settings: { upstreamToken: '' } });
  cluster.simulator.seed([documentText({ id: ID })]);
  cluster.simulator.fault({ kind: 'delay', ms: 300 });
  const ask = (at: number, token: string) =>
    cluster.servers[at]?.post({ action: 'retrieve', id: ID }, { authorization: `Bearer ${token}` });
  const answers = await Promise.all([ask(0, 'not this one'), ask(1, UPSTREAM_TOKEN)]);
  expect(answers.map((answer) => answer?.status)).toEqual([401, 200]);
});
