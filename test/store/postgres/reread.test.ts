import { beforeEach, expect, test } from 'vitest';
import type { TaskId } from '../../../src/task/id.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

beforeEach((context) => requireOnMachine(context, 'postgres'));

test('documents that were read by other rules are read again, by several processes, newest first', async () => {
  const url = await createTestDatabase();
  const stores = await Promise.all([openPostgresTestStore(url), openPostgresTestStore(url)]);
  const [store] = stores;
  const ids = numberedIds(120);
  const [unfinished, unreadable] = ['unfinished' as TaskId, 'unreadable' as TaskId];
  const documents = ids.map((id, at) => document({ id, createdAt: 1_770_000_000 + at }));
  const older = { createdAt: 1_760_000_000 };
  documents.push(
    document({ id: unfinished, state: 'pending', ...older }),
    document({ id: unreadable, ...older }),
  );
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: NOW });
  await runSql(
    url,
    `UPDATE tasks SET reading_version = 1, state = 'failed', seed = '7', cost = 5;
     UPDATE tasks SET document = '{' WHERE id = '${unreadable}';
     DELETE FROM task_images`,
  );

  expect(await store.rereadSome(NOW)).toEqual({ tasksLeft: 72 });
  const newest = await store.list({ values: { state: ['succeeded'] } }, { limit: 100, offset: 0 });
  expect(newest.tasks.map(({ id }) => id)).toEqual([...ids].reverse().slice(0, 50));
  const untilDone = async (by: typeof store) => {
    while ((await by.rereadSome(NOW)) !== undefined);
  };
  await Promise.all(stores.map(untilDone));
  expect((await store.stats(NOW)).byState).toEqual({ succeeded: 120, pending: 1, failed: 1 });
  expect(await store.countDueImages({ nowMs: NOW, limit: 1000 })).toBe(120);
  // It was considered finished too early.
  expect(await store.filterTracked([unfinished])).toEqual([unfinished]);
  expect(await store.audit()).toEqual([{ id: unreadable, problem: 'the document differs from its hash' }]);
});
