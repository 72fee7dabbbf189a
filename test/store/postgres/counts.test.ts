import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { findWrongCounts, foldCounts } from '../../../src/store/postgres/counts.ts';
import type { TaskId } from '../../../src/task/id.ts';
import { document } from '../../helpers/documents.ts';
import { connectToTest, createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { tries } from '../../helpers/thorough.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const step = fc.record({
  ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1, maxLength: 4 }),
  does: fc.constantFrom('store', 'store', 'remove', 'hide', 'fold'),
  state: fc.constantFrom('pending' as const, 'succeeded' as const, 'failed' as const),
  userId: fc.constantFrom('me', 'you', undefined),
  model: fc.constantFrom('flux-dev', 'flux-pro'),
  day: fc.nat(2),
});

test('the stored counts are those of the tasks, however they were written and folded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
      const url = await createTestDatabase();
      const store = await openPostgresTestStore(url);
      const db = connectToTest(url);
      for (const { ids, does, state, userId, model, day } of steps) {
        if (does === 'fold') {
          expect(await findWrongCounts(db)).toEqual([]);
          await foldCounts(db);
        }
        if (does === 'remove') await store.removeMany(ids as TaskId[]);
        else if (does === 'hide') {
          const change = { hidden: state !== 'pending', tags: [model] };
          await store.mark(
            ids.map((id) => ({ id: id as TaskId, change })),
            { nowMs: 1 },
          );
        } else if (does === 'store') {
          const owner = userId === undefined ? {} : { userId };
          const documents = ids.map((id) =>
            document({ id, state, model, ...owner, createdAt: 1_770_000_000 + day * 86_400 }),
          );
          await store.storeDocuments({
            documents,
            requestSeq: await store.nextRequestSeq(),
            fetchedAtMs: 1,
          });
        }
      }
      expect(await findWrongCounts(db)).toEqual([]);
      await foldCounts(db);
      expect(await store.audit()).toEqual([]);
      const [rows] = await runSql(
        url,
        `SELECT count(*)::int AS all, count(DISTINCT (service, model, size, action, state, user_id, application_id))::int AS keys,
           count(*) FILTER (WHERE n = 0 AND hidden = 0)::int AS empty FROM task_counts`,
      );
      expect(rows).toEqual({ all: rows?.keys, keys: rows?.keys, empty: 0 });
      expect((await store.stats(1)).total).toBe(await store.countUpTo(100));
    }),
    { numRuns: tries(4, 100) },
  );
});

test('several processes fold at the same time, and store meanwhile', async () => {
  const url = await createTestDatabase();
  const stores = await Promise.all(Array.from({ length: 3 }, () => openPostgresTestStore(url)));
  const dbs = stores.map(() => connectToTest(url));
  await Promise.all(
    stores.flatMap((store, server) =>
      Array.from({ length: 20 }, async (_, at) => {
        const [ofServer] = dbs.slice(server);
        if (ofServer && at % 4 === 0) await foldCounts(ofServer);
        const documents = [document({ id: `${server}-${at}` }), document({ id: `both-${at}` })];
        await store.storeDocuments({ documents, requestSeq: await store.nextRequestSeq(), fetchedAtMs: 1 });
      }),
    ),
  );
  expect((await stores[0]?.stats(1))?.total).toBe(80);
  expect(await stores[0]?.audit()).toEqual([]);
});

test('counts that differ from the tasks are found', async () => {
  const url = await createTestDatabase();
  const store = await openPostgresTestStore(url);
  await store.storeDocuments({ documents: [document({})], requestSeq: 1, fetchedAtMs: 1 });
  await runSql(url, 'UPDATE task_counts SET n = n + 1; UPDATE day_counts SET hidden = 1');
  const problem = 'the counts differ from the tasks';
  expect(await store.audit()).toEqual([
    { id: 'task_counts', problem },
    { id: 'day_counts', problem },
  ]);
});
