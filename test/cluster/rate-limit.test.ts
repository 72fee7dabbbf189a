/** What the upstream asks of one server, all servers obey. */
import { beforeEach, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster } from '../helpers/test-cluster.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const RETRY_AFTER_S = 600;

test('after a 429 at one server none sends a request until its Retry-After has passed', async () => {
  const cluster = await startTestCluster(3, { settings: { discover: 'false' } });
  const { clock, simulator, servers } = cluster;
  const ids = numberedIds(9);
  simulator.seed(ids.map((id) => documentText({ id })));
  await servers[0]?.mirror.store.track(ids.slice(6), clock.now());
  const headers = { 'retry-after': String(RETRY_AFTER_S) };
  simulator.fault({ kind: 'status', status: 429, headers }, { times: 1 });
  expect((await servers[0]?.post({ action: 'retrieve', id: ids[0] }))?.status).toBe(429);
  expect(simulator.requests).toHaveLength(1);

  const askEverywhere = () =>
    Promise.all(
      servers.flatMap(({ post, mirror }, at) => [
        post({ action: 'retrieve', id: ids[at] }).then(({ status }) => status),
        post({ action: 'retrieve_batch', ids: [ids[at + 3]] }).then(({ status }) => status),
        mirror.runner.run({ trigger: 'schedule', nextInMs: 1000 }).then(({ outcome }) => outcome),
      ]),
    );
  for (const passedMs of [0, RETRY_AFTER_S * 1000 - 2000]) {
    clock.advance(passedMs);
    const answers = new Set(await askEverywhere());
    expect(answers).toEqual(new Set([429, 'rate-limited']));
    expect(simulator.requests).toHaveLength(1);
  }
  const refused = await servers[2]?.post({ action: 'retrieve', id: ids[2] });
  expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(2);
  clock.advance(2000);
  expect(new Set(await askEverywhere())).toEqual(new Set([200, 'done']));
  const asked = simulator.requests.slice(1).flatMap(({ id = '', ids: some }) => some ?? [id]);
  expect(asked.toSorted()).toEqual(ids.toSorted());
});

test('a server whose token was rejected stops the schedule of the others, until one with another token starts', async () => {
  const cluster = await startTestCluster(2, { settings: { discover: 'false' } });
  const { clock, simulator, servers } = cluster;
  const ids = numberedIds(2);
  simulator.seed(ids.map((id) => documentText({ id })));
  await servers[0]?.mirror.store.track(ids, clock.now());
  simulator.fault({ kind: 'status', status: 401 }, { times: 1 });
  const run = (at: number) => servers[at]?.mirror.runner.run({ trigger: 'schedule' });
  expect(await run(0)).toMatchObject({ outcome: 'rejected' });
  expect(await run(1)).toMatchObject({ outcome: 'rejected' });
  expect(simulator.requests).toHaveLength(1);
  await cluster.start();
  expect(await run(1)).toMatchObject({ outcome: 'done', counts: { finished: 2 } });
});
