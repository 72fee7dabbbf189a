/** The short form of `npm run test:cluster-crash`; and proof that its checks can fail. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { countAskedAgain } from '../crash/cluster/asked-again.ts';
import { readAgain } from '../crash/cluster/clients.ts';
import { checkCluster, runClusterCrash } from '../crash/cluster/run.ts';
import { createTraffic } from '../crash/cluster/traffic.ts';
import { expectFound, planDamage } from '../crash/damage.ts';
import { showFigure } from '../helpers/figure.ts';
import { runSql } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { tries } from '../helpers/thorough.ts';

beforeEach((context) => requireOnMachine(context, 'postgres-programs'));

/** Each kind of trouble is among so many. */
const KILLS = tries(6, 12);
const DURATION_MS = tries(12_000, 30_000);
const NOTHING = { lost: [], untracked: [], unmarked: [], unsaved: [], disordered: [], lostImages: [] };

test(`two servers under load, ${KILLS} kills of them, PostgreSQL and the object store: nothing acknowledged is lost, and the checks can fail`, async (context) => {
  const { report, ledger, cluster } = await runClusterCrash({
    ...{ kills: KILLS, durationMs: DURATION_MS, seed: 2, longestAwayMs: 2000 },
  });
  onTestFinished(() => cluster.stop());
  expect(report.findings).toMatchObject({ ...NOTHING, partialImages: [], corrupt: [] });
  expect(report).toMatchObject({ untold: [], falseMissing: [], unexpected: [], withoutReason: [] });
  expect([...report.statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(new Set(report.troubles.map(({ kind }) => kind)).size).toBe(4);
  expect(ledger.documents.size).toBeGreaterThan(100);
  expect(ledger.trackedIds.size).toBeGreaterThan(20);
  expect(ledger.marks.size).toBeGreaterThan(20);
  expect(ledger.images.size).toBeGreaterThan(1);

  const damage = planDamage(ledger);
  for (const statement of damage.statements) await runSql(cluster.databaseUrl, statement);
  const [changed = '', gone = ''] = ledger.images;
  const files = readdirSync(cluster.objects, { recursive: true, encoding: 'utf8' });
  const findFile = (hash: string) =>
    join(cluster.objects, files.find((path) => path.includes(hash) && path.endsWith('_object')) ?? '');
  writeFileSync(findFile(changed), 'other bytes');
  rmSync(findFile(gone));
  const found = await checkCluster(cluster, ledger);
  expectFound(found, damage);
  expect(found.lostImages.toSorted()).toEqual([changed, gone].toSorted());
  expect(found.partialImages).toHaveLength(2);

  // A server that is asked for a document that was lost.
  await cluster.servers[0]?.start();
  const { signal } = new AbortController();
  const url = cluster.servers[0]?.url ?? '';
  const traffic = createTraffic([url], { random: () => 0.9, signal });
  await cluster.simulator.stop();
  const documents = new Map([...ledger.documents].filter(([id]) => id === damage.lost));
  await readAgain({
    ...{ request: traffic.request, ledger: { ...ledger, documents }, random: () => 0.9, signal },
    ...{ simulator: cluster.simulator, receiverUrl: '', scratch: '', env: {} },
  });
  expect(traffic.falseMissing).toEqual([`GET /api/tasks/${damage.lost}: 404`]);
  showFigure(
    context,
    `0 lost of ${ledger.documents.size + ledger.trackedIds.size + ledger.marks.size} acknowledged, ${report.repeated} ids asked for again`,
  );
}, 300_000);

test('an id that is asked for again is excused by a kill in between, and by each kill once', () => {
  const ask = (at: number, id = 'a') => ({ id, ids: undefined, at });
  const kill = { kind: 'server', fromMs: 5000, untilMs: 9000, killedAtMs: [5000] } as const;
  const count = (requests: Parameters<typeof countAskedAgain>[0], troubles = [kill]) =>
    countAskedAgain(requests, troubles, (id) => id !== 'pending');
  expect(count([ask(4000), ask(6000)])).toEqual({ repeated: 1, withoutReason: [] });
  expect(count([ask(6000), ask(8000)])).toEqual({ repeated: 1, withoutReason: ['a at 6000, 8000'] });
  expect(count([ask(4000), ask(6000), ask(7000)])).toEqual({
    repeated: 2,
    withoutReason: ['a at 4000, 6000, 7000'],
  });
  expect(count([ask(1000), { id: undefined, ids: ['a', 'b'], at: 2000 }]).withoutReason).toEqual([
    'a at 1000, 2000',
  ]);
  expect(count([ask(1, 'pending'), ask(2000, 'pending')])).toEqual({ repeated: 0, withoutReason: [] });
});
