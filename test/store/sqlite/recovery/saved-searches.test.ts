/** Saved searches survive what databases go through; keys that were revoked do not come back. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const ID = '00000000-0000-4000-8000-000000000001';
const KEY = 'k'.repeat(32);
const SAVED = {
  ...{ id: ID, name: 'Cats', query: 'cat', timeZone: 'UTC', nowMs: 1 },
  limits: { userIds: ['me'], applicationIds: [] },
};

/** A closed mirror with a task and a saved search that has a feed. */
async function createMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  await change(dataDir, async (store) => {
    await store.storeDocuments({ documents: [document()], requestSeq: 1, fetchedAtMs: 1 });
    await store.addSavedSearch(SAVED);
    await store.changeSavedSearch(ID, { feedKey: KEY }, { nowMs: 2 });
  });
  return dataDir;
}

async function change(dataDir: string, work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await work(store);
  await store.close();
}

async function backUpTo(dataDir: string): Promise<string> {
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  return backup;
}

function alter(file: string, sql: string): void {
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
}

describe('saved searches', () => {
  test('are restored where there was no mirror, and rebuilt, with their feeds', async () => {
    const dataDir = await createMirror();
    const backup = await backUpTo(dataDir);
    rebuild(dataDir, clock);
    const other = temporaryDirectory();
    restore(other, backup, clock.now());
    for (const each of [dataDir, other]) {
      const store = await openTestStore(each);
      expect(await store.savedSearchOfFeed(KEY)).toMatchObject({ name: 'Cats', limits: SAVED.limits });
    }
  });

  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['revoked', async (store) => store.changeSavedSearch(ID, { feedKey: undefined }, { nowMs: 3 })],
    ['replaced', async (store) => store.changeSavedSearch(ID, { feedKey: 'n'.repeat(32) }, { nowMs: 3 })],
    ['removed with its search', async (store) => store.removeSavedSearch(ID)],
  ])('do not get back by a restore the key that was %s since', async (_what, revoke) => {
    const dataDir = await createMirror();
    const backup = await backUpTo(dataDir);
    await change(dataDir, revoke);
    restore(dataDir, backup, clock.now());
    const store = await openTestStore(dataDir);
    expect(await store.savedSearchOfFeed(KEY)).toBeUndefined();
    expect(await store.savedSearches()).toMatchObject([{ name: 'Cats' }]);
  });

  test('keep a key that is still valid, also over a mirror of a version without feeds', async () => {
    const dataDir = await createMirror();
    const backup = await backUpTo(dataDir);
    restore(dataDir, backup, clock.now());
    const older = olderMirror(join(dataDir, 'mirror.db'), 15);
    restore(older, backup, clock.now());
    for (const each of [dataDir, older])
      expect(await (await openTestStore(each)).savedSearchOfFeed(KEY)).toBeDefined();
  });

  test.each([
    "UPDATE saved_searches SET user_ids = 'me'",
    "UPDATE saved_searches SET folded_name = 'dogs'",
    "UPDATE saved_searches SET name = x'00'",
    "UPDATE saved_searches SET feed_key = 'short'",
    "UPDATE saved_searches SET version = 'one'",
  ])('that the mirror could not use are not restored: %s', async (sql) => {
    const backup = await backUpTo(await createMirror());
    alter(backup, sql);
    expect(() => restore(temporaryDirectory(), backup, clock.now())).toThrow(/saved_searches has a row/);
  });

  test('whose limits damage made unreadable find nothing instead of everything', async () => {
    const dataDir = await createMirror();
    alter(join(dataDir, 'mirror.db'), "UPDATE saved_searches SET user_ids = '{'");
    const store = await openTestStore(dataDir);
    expect(await store.savedSearchOfFeed(KEY)).toBeUndefined();
    expect(await store.savedSearches()).toEqual([]);
  });
});
