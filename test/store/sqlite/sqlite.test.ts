import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NoMirror } from '../../../src/store/contract/errors.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { DirectoryInUse } from '../../../src/store/sqlite/lock.ts';
import { NewerDatabase } from '../../../src/store/sqlite/migrate.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { olderMirror } from '../../helpers/older-mirror.ts';
import { searchRequest } from '../../helpers/search.ts';
import { openTestStore, temporaryDataDir, temporaryDirectory } from '../../helpers/test-mirror.ts';
import { describeStore } from '../conformance.ts';

describeStore('the SQLite store keeps the contract', () => {
  const dataDir = temporaryDataDir();
  return (as) => openTestStore(dataDir, new ManualClock(), as === 'server' ? 'owner' : 'writer');
});

describe('one owner per directory', () => {
  test('a second owner is rejected, with a line that names the first', async () => {
    const dataDir = temporaryDirectory();
    await openTestStore(dataDir);
    await expect(openTestStore(dataDir)).rejects.toThrow(DirectoryInUse);
    await expect(openTestStore(dataDir)).rejects.toThrow(new RegExp(`pid ${process.pid}`));
  });

  test('the directory is free after a close', async () => {
    const dataDir = temporaryDirectory();
    await (await openTestStore(dataDir)).close();
    await openTestStore(dataDir);
  });

  test('and after the owner was killed', async () => {
    const dataDir = temporaryDirectory();
    const child = fork(join(import.meta.dirname, 'owner.ts'), [dataDir], { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    await expect(openTestStore(dataDir)).rejects.toThrow(DirectoryInUse);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await openTestStore(dataDir);
    expect((await store.get(numberedIds(1)[0]))?.state).toBe('succeeded');
    expect(await store.audit()).toEqual([]);
    // The run and the claims that the dead one held are not lost either.
    expect((await store.runs(1))[0]?.outcome).toBe('interrupted');
    const request = { dueBeforeMs: Date.now(), nowMs: Date.now(), limit: 9, leaseMs: 1000 };
    expect(await store.claimDue(request)).toHaveLength(1);
  });

  test('commands may write while it runs', async () => {
    const dataDir = temporaryDirectory();
    const owner = await openTestStore(dataDir);
    const beside = await openStore({ dataDir, clock: new ManualClock(), mode: 'writer' });
    await beside.track(numberedIds(3), 1);
    await beside.close();
    expect((await owner.tracked({ limit: 1, offset: 0 })).total).toBe(3);
  });
});

test('an unreadable document does not keep the images of others from being fetched', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const ids = numberedIds(3);
  await store.storeDocuments({ documents: ids.map((id) => document({ id })), requestSeq: 1, fetchedAtMs: 1 });
  const database = new Database(join(dataDir, 'mirror.db'));
  database.prepare('UPDATE tasks SET document = \'{"id"\' WHERE id = ?').run(ids[0]);
  database.close();
  const claimed = await store.claimImages({ nowMs: 2, limit: 9, leaseMs: () => 1000 });
  const kinds = new Map(claimed.map(({ taskId, artifact }) => [taskId, artifact?.kind]));
  expect(ids.map((id) => kinds.get(id))).toEqual([undefined, 'images', 'images']);
});

describe('the database file', () => {
  test('of a newer version is rejected and unchanged', async () => {
    const dataDir = temporaryDirectory();
    await (await openTestStore(dataDir)).close();
    const file = join(dataDir, 'mirror.db');
    const raw = new Database(file);
    raw.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('future', 9999999999999)");
    raw.close();
    const before = readFileSync(file);
    for (const mode of ['owner', 'writer', 'reader'] as const) {
      await expect(openStore({ dataDir, clock: new ManualClock(), mode })).rejects.toThrow(NewerDatabase);
    }
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is missing is not created by a reader', async () => {
    await expect(
      openStore({ dataDir: temporaryDirectory(), clock: new ManualClock(), mode: 'reader' }),
    ).rejects.toThrow(NoMirror);
  });

  test('is in WAL mode, so that readers and a writer do not block each other', async () => {
    const dataDir = temporaryDirectory();
    await openTestStore(dataDir);
    const raw = new Database(join(dataDir, 'mirror.db'), { readonly: true });
    expect(raw.pragma('journal_mode', { simple: true })).toBe('wal');
    raw.close();
  });

  test('a document that was changed externally is found by the audit', async () => {
    const dataDir = temporaryDirectory();
    const store = await openTestStore(dataDir);
    const [id] = numberedIds(1);
    await store.storeDocuments({ documents: [document({ id })], requestSeq: 1, fetchedAtMs: 1 });
    const raw = new Database(join(dataDir, 'mirror.db'));
    raw.exec("UPDATE tasks SET document = replace(document, 'siamese', 'persian')");
    raw.exec('DELETE FROM prompt_index');
    raw.close();
    expect((await store.audit()).map(({ problem }) => problem)).toEqual([
      'the document differs from its hash',
      'the document has no search row',
    ]);
  });

  test('a failure inside a batch stores nothing of it', async () => {
    const dataDir = temporaryDirectory();
    const store = await openTestStore(dataDir);
    const raw = new Database(join(dataDir, 'mirror.db'));
    raw.exec(`CREATE TRIGGER full BEFORE INSERT ON tasks WHEN NEW.id LIKE '%9'
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    raw.close();
    const documents = numberedIds(10).map((id) => document({ id }));
    expect(() => store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 })).toThrow();
    expect((await store.stats(1)).total).toBe(0);
    expect(await store.audit()).toEqual([]);
  });
});

/** Those before the one that made the tables of images. */
const MIGRATIONS_BEFORE_ARCHIVE = 3;

test('images of tasks that were stored before the archive existed are enqueued', async () => {
  const dataDir = temporaryDirectory();
  const links = ['http://img.example/0', 'ftp://img.example/1', 'https://img.example/2'];
  const data = [{ image_url: links[0] }, 'no object', { image_url: links[1] }, { image_url: links[2] }];
  const before = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
  await before.storeDocuments({
    documents: [
      document({ id: 'a', more: { response: { success: true, data } } }),
      document({ id: 'b', state: 'pending' }),
      document({ id: 'c', state: 'failed' }),
    ],
    requestSeq: 1,
    fetchedAtMs: 1,
  });
  await before.close();
  const older = olderMirror(join(dataDir, 'mirror.db'), MIGRATIONS_BEFORE_ARCHIVE);

  const store = await openTestStore(older);
  const wanted = await store.claimImages({ nowMs: Date.now() + 1000, limit: 10, leaseMs: () => 1 });
  expect(wanted.map(({ taskId, n, artifact }) => [taskId, n, artifact?.url]).sort()).toEqual([
    ['a', 0, links[0]],
    ['a', 1, links[2]],
  ]);
});

test('thousands of tasks in one second keep their order and are found by their time', async () => {
  const store = await openTestStore();
  const ids = numberedIds(2000);
  const documents = ids.map((id) => document({ id, createdAt: 1_770_000_000 }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.storeDocuments({
    documents: [document({ id: 'later', createdAt: 1_770_000_003 })],
    requestSeq: 2,
    fetchedAtMs: 1,
  });
  const search = (filter: object) => store.search(searchRequest('cat', { filter, limit: 3000 }));
  const second = { fromMs: 1_770_000_000_000, toMs: 1_770_000_001_000 };
  expect((await search(second)).hits.map(({ task }) => task.id)).toEqual([...ids].reverse());
  const after = { fromMs: 1_770_000_003_000, toMs: 1_770_000_004_000 };
  expect((await search(after)).hits.map(({ task }) => task.id)).toEqual(['later']);
});

test('tasks in one second are found by their time, even if storing them failed at first', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.exec(`CREATE TRIGGER full BEFORE INSERT ON tasks WHEN NEW.id = 'last'
    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
  const ids = [...numberedIds(500), 'last'];
  const documents = ids.map((id) => document({ id, createdAt: 1_770_000_000 }));
  const put = () => store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  expect(put).toThrow('full');
  raw.exec('DROP TRIGGER full');
  raw.close();
  await put();
  const filter = { fromMs: 1_770_000_000_000, toMs: 1_770_000_001_000 };
  expect((await store.search(searchRequest('cat', { filter }))).total).toBe(501);
});

test('every read of a failing event-loop turn gets the error', async () => {
  const store = await openTestStore();
  const reads = numberedIds(3).map(async (id) => store.get(id));
  await store.close();
  const results = await Promise.allSettled(reads);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
