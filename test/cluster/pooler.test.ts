/** Servers behind a pooler in transaction mode, which keeps nothing of a session. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { type Pooler, startPooler } from '../helpers/pgbouncer.ts';
import { createTestDatabase, openPostgresTestStore } from '../helpers/postgres.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { startTestCluster } from '../helpers/test-cluster.ts';
import { IS_THOROUGH } from '../helpers/thorough.ts';
import { describeStore } from '../store/conformance.ts';

let pooler: Pooler | undefined;

beforeEach((context) => {
  requireOnMachine(context, 'postgres');
  requireOnMachine(context, 'pgbouncer');
});
afterAll(() => pooler?.kill());

/** An empty mirror, and the pooler of all tests before it. */
async function createPooledDatabase() {
  const url = await createTestDatabase();
  pooler ??= await startPooler(url);
  return { pooler, pooledUrl: pooler.poolUrl(url) };
}

const IDS = numberedIds(60);

describe('two servers behind a pooler in transaction mode', () => {
  test('share their requests, find what is stored, and go on when it was restarted', async () => {
    const { pooler, pooledUrl } = await createPooledDatabase();
    const cluster = await startTestCluster(2, {
      databaseUrl: pooledUrl,
      settings: { discover: 'false' },
    });
    const { simulator, servers, clock } = cluster;
    simulator.seed(IDS.map((id) => documentText({ id })));
    simulator.fault({ kind: 'delay', ms: 100 });
    const ask = () =>
      Promise.all(
        Array.from({ length: 40 }, async (_, at) => {
          const ids = at % 4 < 2 ? IDS.slice(0, 30) : IDS.slice(30);
          return (await servers[at % 2]?.post({ action: 'retrieve_batch', ids }))?.status;
        }),
      );
    expect(new Set(await ask())).toEqual(new Set([200]));
    expect(simulator.requests).toHaveLength(2);
    const search = async (at: number) => {
      const answer = await servers[at]?.get('/api/search?q=cat&limit=1');
      return [answer?.status, ((await answer?.json()) as { total?: number } | undefined)?.total];
    };
    expect(await Promise.all([search(0), search(1)])).toEqual([
      [200, 60],
      [200, 60],
    ]);
    await servers[0]?.mirror.store.track(numberedIds(90).slice(60), clock.now());
    await Promise.all(servers.map(({ mirror }) => mirror.runner.run({ trigger: 'api' })));

    await pooler.kill();
    const away = await ask();
    expect(new Set(away)).toEqual(new Set([503]));
    await pooler.start();
    await expect.poll(async () => new Set(await ask())).toEqual(new Set([200]));
    expect((await search(1))[0]).toBe(200);
    expect(await servers[0]?.mirror.store.audit()).toEqual([]);
  });
});

// Each of its statements passes another process.
if (IS_THOROUGH)
  describeStore('the PostgreSQL store keeps the contract behind a pooler', () => {
    const database = createPooledDatabase();
    return async (as) => openPostgresTestStore((await database).pooledUrl, as);
  });
