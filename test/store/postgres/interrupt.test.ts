import { beforeEach, expect, test } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const RUNNING = `SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`;

test('a search that is abandoned ends in the database, too, and the next one works', async () => {
  const url = await createTestDatabase();
  const writer = await openPostgresTestStore(url);
  const documents = numberedIds(20).map((id, at) => document({ id, prompt: `a cat hoping ${at}` }));
  await writer.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });
  // Each row takes a minute: only an end from outside is quicker.
  await runSql(
    url,
    `ALTER FUNCTION has_term_run RENAME TO real_term_run;
     CREATE FUNCTION has_term_run(terms text, words text, run text[], prefix text) RETURNS boolean LANGUAGE sql
       AS 'SELECT pg_sleep(60) IS NOT NULL'`,
  );
  const ended = new Error('ended');
  let isEnded = false;
  const store = await openPostgresStore({
    ...{ url, clock: new ManualClock(), kind: 'reader' },
    poolSize: 1, // no other connection is needed to end a statement
    checkInterrupt: () => {
      if (isEnded) throw ended;
    },
  });
  try {
    const searching = Promise.resolve(store.search(searchRequest('a-cat-hop*')));
    await expect.poll(async () => (await runSql(url, RUNNING))[0]?.n, { timeout: 20_000 }).toBeGreaterThan(0);
    isEnded = true;
    await expect(searching).rejects.toBe(ended);
    await expect.poll(async () => (await runSql(url, RUNNING))[0]?.n, { timeout: 20_000 }).toBe(0);
    isEnded = false;
    expect(await store.search(searchRequest('cat'))).toMatchObject({ total: 20 });
  } finally {
    await store.close();
    await runSql(url, 'DROP FUNCTION has_term_run; ALTER FUNCTION real_term_run RENAME TO has_term_run');
  }
}, 60_000);

test('a search that was abandoned before it begins asks nothing', async () => {
  const url = await createTestDatabase();
  await openPostgresTestStore(url);
  const ended = new Error('ended');
  const store = await openPostgresStore({
    ...{ url, clock: new ManualClock(), kind: 'reader' },
    checkInterrupt: () => {
      throw ended;
    },
  });
  await expect(store.search(searchRequest('cat'))).rejects.toBe(ended);
  await store.close();
});
