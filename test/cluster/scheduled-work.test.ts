/** A schedule runs on every server; what is not shared by claims is done by one of them. */
import { beforeEach, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster, type TestCluster } from '../helpers/test-cluster.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const NEXT_IN_MS = 15_000;

function runScheduled({ servers }: TestCluster) {
  return Promise.all(
    servers.map(({ mirror }) => mirror.runner.run({ trigger: 'schedule', nextInMs: NEXT_IN_MS })),
  );
}

const countLists = ({ simulator }: TestCluster) =>
  simulator.requests.filter(({ action, ids }) => action === 'retrieve_batch' && ids === undefined).length;

test('new tasks are looked for once at each time of the schedule, and whenever somebody asks for a run', async () => {
  const cluster = await startTestCluster(3, { settings: { discover: 'true' } });
  cluster.simulator.seed(numberedIds(3).map((id) => documentText({ id })));
  const results = await runScheduled(cluster);
  expect(results.map(({ counts }) => counts.discovered).sort()).toEqual([0, 0, 3]);
  expect(countLists(cluster)).toBe(1);
  await runScheduled(cluster);
  expect(countLists(cluster)).toBeLessThanOrEqual(2); // whoever had the turn may have it again
  const before = countLists(cluster);
  cluster.clock.advance(NEXT_IN_MS);
  await runScheduled(cluster);
  expect(countLists(cluster)).toBe(before + 1);
  await cluster.servers[1]?.mirror.runner.run({ trigger: 'api' });
  expect(countLists(cluster)).toBe(before + 2);
});

test('due ids are refreshed once, whichever servers have a schedule', async () => {
  const cluster = await startTestCluster(3, { settings: { discover: 'false', batchSize: '10' } });
  const ids = numberedIds(120);
  cluster.simulator.seed(ids.map((id) => documentText({ id })));
  await cluster.servers[0]?.mirror.store.track(ids, cluster.clock.now());
  const results = await runScheduled(cluster);
  expect(results.reduce((sum, { counts }) => sum + counts.finished, 0)).toBe(120);
  const asked = cluster.simulator.requests.flatMap((request) => request.ids ?? []);
  expect(asked.toSorted()).toEqual(ids.toSorted());
});
