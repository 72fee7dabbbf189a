/** PostgreSQL is stopped as by a power failure, under load, and comes back. */
import { beforeEach, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { runSql } from '../helpers/postgres.ts';
import { startOwnPostgres } from '../helpers/postgres-server.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster } from '../helpers/test-cluster.ts';
import { tries } from '../helpers/thorough.ts';

beforeEach((context) => requireOnMachine(context, 'postgres-programs'));

const AWAY_MS = tries(2000, 30_000);
const CALLERS = 6;
const IDS = numberedIds(400);

test(`callers get 200 or 503 while it is away for ${AWAY_MS / 1000} s, nothing that was answered is lost, and all servers go on`, async (context) => {
  const postgres = await startOwnPostgres();
  await runSql(postgres.urlOf('postgres'), 'CREATE DATABASE mirror');
  const cluster = await startTestCluster(0, { databaseUrl: postgres.urlOf('mirror') });
  const servers = [await cluster.start(), await cluster.start()];
  cluster.simulator.seed(IDS.map((id) => documentText({ id })));

  const statuses = new Map<string, number>();
  const answered = new Set<string>();
  let isOver = false;
  let at = 0;
  /** Until the end, each asks for the next id, and for one that was answered before. */
  const call = async (caller: number) => {
    const server = servers[caller % servers.length];
    while (!isOver) {
      const id = IDS[at % IDS.length] ?? '';
      at += 1;
      const answer = await server?.post({ action: 'retrieve', id });
      const status = String(answer?.status);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (answer?.status === 200) {
        expect(await answer.text()).toBe(documentText({ id }));
        // What could not be stored is forwarded all the same, and says so.
        if (/stored|hit/.test(answer.headers.get('cache-status') ?? '')) answered.add(id);
      } else {
        expect(answer?.headers.get('retry-after')).not.toBeNull();
        await answer?.arrayBuffer();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };
  const calling = Array.from({ length: CALLERS }, (_, caller) => call(caller));
  await expect.poll(() => answered.size).toBeGreaterThan(50);
  await postgres.kill();
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await postgres.start();
  const readReady = () => Promise.all(servers.map(async ({ get }) => (await get('/readyz')).status));
  await expect.poll(readReady, { timeout: 2000, interval: 50 }).toEqual([200, 200]);
  const before = statuses.get('503');
  const askBoth = () =>
    Promise.all(servers.map(async ({ post }) => (await post({ action: 'retrieve', id: IDS[0] })).status));
  expect(await askBoth()).toEqual([200, 200]);
  isOver = true;
  await Promise.all(calling);

  expect(before).toBeGreaterThan(0);
  expect([...statuses.keys()].sort()).toEqual(['200', '503']);
  const stored = new Set(
    (await runSql(postgres.urlOf('mirror'), 'SELECT id FROM tasks')).map(({ id }) => id),
  );
  const lost = [...answered].filter((id) => !stored.has(id));
  expect(lost).toEqual([]);
  expect(await servers[0]?.mirror.store.audit()).toEqual([]);
  showFigure(context, `${statuses.get('200')} × 200, ${statuses.get('503')} × 503, ${answered.size} ids`);
}, 180_000);
