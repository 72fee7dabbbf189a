import { beforeEach, describe, expect, test } from 'vitest';
import { openPostgresStore, type PostgresStore } from '../../../src/store/postgres/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import {
  administrate,
  breakConnections,
  createEmptyDatabase,
  getDatabaseName,
  openPostgresTestStore,
  runSql,
} from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { startSilentNetwork } from '../../helpers/silent-network.ts';

let url: string;
let store: PostgresStore;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createEmptyDatabase();
  store = await openPostgresTestStore(url);
});

const alter = (change: string) => administrate(url, `ALTER DATABASE ${getDatabaseName(url)} ${change}`);
const put = (id: string) =>
  store.storeDocuments({ documents: [document({ id })], requestSeq: 1, fetchedAtMs: 1 });

describe('trouble with the database', () => {
  test('broken connections are replaced, for reads and writes', async () => {
    await put('a');
    await breakConnections(url);
    expect((await store.get(document({ id: 'a' }).id))?.state).toBe('succeeded');
    await breakConnections(url);
    expect(await put('b')).toMatchObject({ inserted: 1 });
    expect(await store.readStorageProblem()).toBeUndefined();
  });

  test('a database that is read-only is named until it takes writes again', async () => {
    await alter('SET default_transaction_read_only = on');
    await breakConnections(url);
    await expect(put('a')).rejects.toMatchObject({ name: 'StoreError', code: 'read-only' });
    expect(await store.readStorageProblem()).toBe('the database is read-only');
    expect(await store.getMany(numberedIds(1))).toEqual([]);
    await alter('RESET default_transaction_read_only');
    await breakConnections(url);
    expect(await store.readStorageProblem()).toBeUndefined();
    expect(await put('a')).toMatchObject({ inserted: 1 });
  });

  test('a database that is away is named until it is back, and its reads fail with the same word', async () => {
    const allow = (is: boolean) => alter(`WITH ALLOW_CONNECTIONS ${is}`);
    await allow(false);
    await breakConnections(url);
    const reads = await Promise.allSettled(numberedIds(3).map((id) => store.get(id)));
    for (const read of reads)
      expect(read).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', code: 'unreachable' } });
    await expect(put('a')).rejects.toMatchObject({ code: 'unreachable' });
    expect(await store.readStorageProblem()).toBe('the database is unreachable');
    await allow(true);
    expect(await store.readStorageProblem()).toBeUndefined();
    expect(await put('a')).toMatchObject({ inserted: 1 });
  });

  test('a statement that is ended by a timeout, or waits for a lock, says busy', async () => {
    await alter("SET statement_timeout = '500ms'");
    await breakConnections(url);
    const { default: pg } = await import('pg');
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE tasks');
    await expect(put('a')).rejects.toMatchObject({ code: 'busy' });
    await other.query('ROLLBACK');
    await other.end();
  });

  test('a network that swallows packets is waited for so long, and is used again without a restart', async () => {
    const { port, swallow, recover } = await startSilentNetwork(Number(new URL(url).port));
    const through = new URL(url);
    through.port = String(port);
    const server = await openPostgresStore({
      ...{ url: through.href, kind: 'server', clock: new ManualClock(), answerTimeoutMs: 500 },
    });
    await server.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
    swallow();
    const storing = server.storeDocuments({
      documents: [document({ id: 'b' })],
      requestSeq: 1,
      fetchedAtMs: 1,
    });
    await expect(storing).rejects.toMatchObject({ name: 'StoreError', code: 'unreachable' });
    recover();
    expect((await server.get(document({ id: 'a' }).id))?.state).toBe('succeeded');
    expect(
      await server.storeDocuments({ documents: [document({ id: 'b' })], requestSeq: 1, fetchedAtMs: 1 }),
    ).toMatchObject({ inserted: 1 });
    swallow();
    await server.close();
  });

  test('closing twice, and without a database, ends', async () => {
    await store.recordHeartbeat(1);
    await Promise.all([store.close(), store.close()]);
    expect(await runSql(url, 'SELECT * FROM servers')).toEqual([]);
    const other = await openPostgresStore({ url, kind: 'server', clock: new ManualClock() });
    await other.recordHeartbeat(1);
    await breakConnections(url);
    const name = getDatabaseName(url);
    await administrate(url, `ALTER DATABASE ${name} RENAME TO ${name}_away`);
    await other.close();
    await administrate(url, `ALTER DATABASE ${name}_away RENAME TO ${name}`);
  });
});

test('text that can not be stored is another text, and looked up as such', async () => {
  const nul = 'flux\0dev';
  const task = document({ id: 'a', model: nul, userId: 'me\ud800', prompt: 'a \0 cat' });
  await store.storeDocuments({ documents: [task], requestSeq: 1, fetchedAtMs: 1 });
  expect((await store.get(task.id))?.text).toBe(task.text);
  const page = { limit: 5, offset: 0 };
  expect(await store.list({ values: { model: [nul], userId: ['me\ud800'] } }, page)).toMatchObject({
    count: 1,
  });
  expect(await store.list({ values: { model: ['fluxdev'] } }, page)).toMatchObject({ count: 0 });
  expect(await store.callback('\0')).toBeUndefined();
  expect(await store.findIds('a\0', { limit: 3 })).toEqual([]);
  await store.failImage({ taskId: task.id, n: 0 }, { dueAtMs: undefined, error: 'it said \0' });
  expect(await store.failingImages(1)).toMatchObject([{ error: 'it said \ufffd' }]);
  expect(await store.audit()).toEqual([]);
});

test('the audit finds documents, columns and search rows that were changed by others', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const documents = ids.map((id) => document({ id }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await runSql(
    url,
    `DELETE FROM tasks WHERE id = 'f';
     ALTER TABLE tasks DISABLE TRIGGER tasks_rows_removed;
     DELETE FROM tasks WHERE id = 'e';
     UPDATE tasks SET document = replace(document, 'siamese', 'persian') WHERE id = 'a';
     UPDATE tasks SET prompt_hash = 'x' WHERE id = 'b';
     DELETE FROM prompts WHERE id = 'c';
     UPDATE prompts SET created_at = 5 WHERE id = 'd'`,
  );
  expect(await store.audit()).toEqual([
    { id: 'a', problem: 'the document differs from its hash' },
    { id: 'b', problem: 'the columns differ from the document' },
    { id: 'c', problem: 'the document has no search row' },
    { id: 'e', problem: 'it has rows, but no document' },
    { id: 'task 5', problem: 'it has rows, but no document' },
    { id: 'd', problem: 'the search row is that of another time' },
  ]);
  await runSql(url, 'ALTER TABLE tasks ENABLE TRIGGER tasks_rows_removed');
});
