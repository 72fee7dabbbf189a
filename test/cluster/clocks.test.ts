/** Servers whose clocks are wrong by minutes go by that of the database. */
import { beforeEach, expect, test } from 'vitest';
import { createAdjustableClock } from '../../src/lib/adjustable-clock.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { runSql } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster, type TestCluster } from '../helpers/test-cluster.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const MINUTE_MS = 60_000;

function startWrong(cluster: TestCluster, byMs: number) {
  const clock = createAdjustableClock(systemClock);
  clock.adjust(byMs);
  return cluster.start({}, { clock, hasExactClock: false });
}

test('they do not take each other for dead, nor take over what another one is fetching', async () => {
  const cluster = await startTestCluster(0);
  const behind = await startWrong(cluster, -10 * MINUTE_MS);
  const ahead = await startWrong(cluster, 10 * MINUTE_MS);
  await expect
    .poll(async () => (await runSql(cluster.databaseUrl, 'SELECT url FROM servers')).length)
    .toBe(2);
  const [seen] = await runSql(
    cluster.databaseUrl,
    'SELECT max(abs(seen_at - extract(epoch FROM now()) * 1000))::int AS "maxMs" FROM servers',
  );
  expect(seen?.maxMs).toBeLessThan(MINUTE_MS);

  const ids = numberedIds(2);
  cluster.simulator.seed(ids.map((id) => documentText({ id })));
  cluster.simulator.fault({ kind: 'delay', ms: 500 });
  for (const [at, first] of [behind, ahead].entries()) {
    const second = first === behind ? ahead : behind;
    const retrieve = { action: 'retrieve', id: ids[at] };
    const leading = first.post(retrieve);
    await expect.poll(() => cluster.simulator.requests.length).toBe(at + 1);
    const answers = await Promise.all([leading, second.post(retrieve)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(cluster.simulator.requests).toHaveLength(at + 1);
  }
  const times = await runSql(cluster.databaseUrl, 'SELECT fetched_at AS at FROM tasks');
  for (const { at } of times) expect(Math.abs(Number(at) - Date.now())).toBeLessThan(MINUTE_MS);
});

test('a server says that its clock is wrong, once, and one whose clock is right says nothing', async () => {
  const cluster = await startTestCluster(0);
  const wrong = await startWrong(cluster, 10 * MINUTE_MS);
  const right = await startWrong(cluster, 0);
  const complaints = [wrong, right].map((server) =>
    server.log().filter((line) => line.includes("this machine's clock is wrong")),
  );
  expect(complaints.map(({ length }) => length)).toEqual([1, 0]);
  expect(complaints[0]?.[0]).toMatch(/"difference_ms":-(599|600)\d{3}\b/);
});
