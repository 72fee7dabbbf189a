import { beforeEach, expect, test } from 'vitest';
import { readListSizes } from '../../../src/store/postgres/search/list-sizes.ts';
import { readSnapshot } from '../../../src/store/postgres/snapshot.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { connectToTest, createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW } from '../../helpers/search.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

test('frequent terms are told from others once PostgreSQL has statistics', async () => {
  const url = await createTestDatabase();
  const store = await openPostgresTestStore(url);
  // PostgreSQL makes statistics by itself, at a time of its own.
  await runSql(url, 'ALTER TABLE prompts SET (autovacuum_enabled = false)');
  // Nor does it forget those of an earlier test in the same database.
  await runSql(url, "DELETE FROM pg_statistic WHERE starelid = 'prompts'::regclass");
  const documents = numberedIds(3000).map((id, at) =>
    document({ id, prompt: `a lighthouse ${at % 3 === 0 ? 'at night' : ''} ${at}` }),
  );
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });
  const db = connectToTest(url);
  const read = () =>
    readSnapshot(db, { reads: 'pages' }, (snapshot) =>
      readListSizes(snapshot, ['lighthous', 'night', '17', 'castl'], documents.length),
    );
  // Until then, like the lists of a small mirror.
  expect(await read()).toEqual(new Map());
  await runSql(url, 'ANALYZE prompts');
  const sizes = await read();
  expect([sizes.get('lighthous'), sizes.get('night')]).toEqual([3, 1]);
  expect([sizes.get('17') ?? 0, sizes.get('castl')]).toEqual([0, undefined]);
});
