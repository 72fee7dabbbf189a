/** Collections survive what databases go through, and links that were revoked stay revoked. */
import { randomUUID } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandomKey } from '../../../../src/lib/random-key.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const [ONE, TWO, THREE] = numberedIds(3);
const BEST = randomUUID();
const ME = { userIds: ['me'], applicationIds: ['app'] };
const PAGE = 4096;
/** Those before the one that made the tables of collections. */
const MIGRATIONS_BEFORE_COLLECTIONS = 15;
const fileOf = (dataDir: string) => join(dataDir, 'mirror.db');

async function opened<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A mirror with two collections: a shared one, with a cover and an order of its own, and a limited one. */
async function createMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  await opened(dataDir, async (store) => {
    await store.storeDocuments({
      documents: [ONE, TWO, THREE].map((id) => document({ id })),
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: clock.now(),
    });
    const options = { nowMs: 5, within: undefined };
    await store.addCollection({ id: BEST, name: 'Best', note: 'a note', limits: undefined }, 5);
    await store.placeInCollection(BEST, { ids: [TWO, THREE, ONE] }, options);
    await store.changeCollection(BEST, { cover: THREE }, options);
    await store.addCollection({ id: randomUUID(), name: 'Mine', note: '', limits: ME }, 5);
  });
  await setLink(dataDir, { showsPrompts: true });
  return dataDir;
}

/** Gives the shared collection a new link, another one, or none. */
async function setLink(dataDir: string, link: { key?: string; showsPrompts: boolean } | null) {
  const change = { link: link && { key: createRandomKey(), ...link } };
  await opened(dataDir, async (store) =>
    store.changeCollection(BEST, change, { nowMs: 6, within: undefined }),
  );
}

async function readLink(dataDir: string) {
  return opened(dataDir, async (store) => (await store.collection(BEST, undefined))?.link);
}

async function createBackup(dataDir: string): Promise<string> {
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  return backup;
}

async function readAll(dataDir: string) {
  return opened(dataDir, async (store) =>
    Promise.all(
      (await store.collections(undefined)).map(async (collection) => ({
        ...collection,
        tasks: await store.collectionTasks(collection.id, undefined, 10),
      })),
    ),
  );
}

/** After a rebuild, the words are indexed first. */
const audit = (dataDir: string) =>
  opened(dataDir, async (store) => {
    while ((await store.reindexSome()) !== undefined);
    return store.audit();
  });

function alter(dataDir: string, sql: string): void {
  const raw = new Database(fileOf(dataDir));
  raw.exec(sql);
  raw.close();
}

/** Zeroes the first page of a table. */
function destroy(dataDir: string, table: string): void {
  const raw = new Database(fileOf(dataDir), { readonly: true });
  const root = raw.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').pluck().get(table) as number;
  raw.close();
  const bytes = readFileSync(fileOf(dataDir));
  bytes.fill(0, (root - 1) * PAGE, root * PAGE);
  writeFileSync(fileOf(dataDir), bytes);
}

const restoreInto = (dataDir: string, backup: string) => restore(dataDir, backup, clock.now());

describe('collections', () => {
  test('come back from a backup as they were', async () => {
    const dataDir = await createMirror();
    const before = await readAll(dataDir);
    expect(before.map(({ name, limits, link }) => [name, limits, link !== undefined])).toEqual([
      ['Best', undefined, true],
      ['Mine', ME, false],
    ]);
    const into = temporaryDirectory();
    restoreInto(into, await createBackup(dataDir));
    expect(await readAll(into)).toEqual(before);
    expect(await audit(into)).toEqual([]);
  });

  test('are rebuilt with the rest of a damaged database, with the places of tasks that are lost', async () => {
    const dataDir = await createMirror();
    const before = await readAll(dataDir);
    alter(dataDir, `UPDATE tasks SET document = replace(document, 'cat', 'cut') WHERE id = '${TWO}'`);
    rebuild(dataDir, clock);
    expect(await readAll(dataDir)).toEqual(before);
    expect(await opened(dataDir, async (store) => store.getMany([TWO]))).toEqual([]);
  });

  test('are there, and empty, after an upgrade of a mirror that had none', async () => {
    const dataDir = olderMirror(fileOf(await createMirror()), MIGRATIONS_BEFORE_COLLECTIONS);
    expect(await readAll(dataDir)).toEqual([]);
    await opened(dataDir, async (store) => {
      await store.addCollection({ id: BEST, name: 'Best', note: '', limits: undefined }, 5);
      await store.placeInCollection(BEST, { ids: [ONE] }, { nowMs: 5, within: undefined });
    });
    expect(await readAll(dataDir)).toMatchObject([{ name: 'Best', taskCount: 1 }]);
  });

  test.each([
    "user_ids = 'garbage'",
    "application_ids = '{}'",
    "link_key = 'guess'",
    "folded_name = 'other'",
    "name = 'a' || char(7), folded_name = 'a' || char(7)",
    "note = printf('%.*c', 10001, 'x')",
    "cover = x'00'",
    "created_at = 'soon'",
    'changed_at = 9e18',
    'id = 7',
  ])('that can’t be read are found by the audit, and left out by a rebuild: %s', async (damage) => {
    const dataDir = await createMirror();
    alter(dataDir, `UPDATE collections SET ${damage} WHERE name = 'Best'`);
    expect(await audit(dataDir)).toContainEqual(
      expect.objectContaining({ problem: "the collection can't be read" }),
    );
    rebuild(dataDir, clock);
    expect((await readAll(dataDir)).map(({ name }) => name)).toEqual(['Mine']);
    expect(await audit(dataDir)).toEqual([]);
  });

  test.each([`task_id = x'00'`, `place = x'00'`, `added_at = 9e18`])(
    'lose tasks of which that can’t be read in a rebuild: %s',
    async (damage) => {
      const dataDir = await createMirror();
      alter(dataDir, `UPDATE collection_tasks SET ${damage} WHERE task_id = '${TWO}'`);
      rebuild(dataDir, clock);
      const [best] = await readAll(dataDir);
      expect(best?.tasks.map(({ id, place }) => [id, place])).toEqual([
        [THREE, 0],
        [ONE, 1],
      ]);
    },
  );

  const RECOVERIES: [string, (dataDir: string) => Promise<string>][] = [
    [
      'restore',
      async (dataDir) => {
        const into = temporaryDirectory();
        restoreInto(into, await createBackup(dataDir));
        return into;
      },
    ],
    [
      'rebuild',
      async (dataDir) => {
        rebuild(dataDir, clock);
        return dataDir;
      },
    ],
  ];

  test.each(RECOVERIES)(
    'are consistent after a %s, whatever their rows say of each other',
    async (_, recover) => {
      const dataDir = await createMirror();
      alter(
        dataDir,
        `INSERT INTO collection_tasks VALUES ('${randomUUID()}', '${ONE}', 7, 7);
       UPDATE collection_tasks SET place = -5 WHERE task_id IN ('${TWO}', '${THREE}');
       UPDATE collections SET cover = 'elsewhere' WHERE name = 'Best'`,
      );
      const problems = (await audit(dataDir)).map(({ problem }) => problem);
      expect(problems).toEqual([
        'the collection of these tasks is not there',
        'the cover is no task of the collection',
      ]);
      const recovered = await recover(dataDir);
      expect(await audit(recovered)).toEqual([]);
      const [best] = await readAll(recovered);
      expect(best?.cover).toBeUndefined();
      expect(best?.tasks.map(({ id, place }) => [id, place])).toEqual([
        [TWO, 0],
        [THREE, 1],
        [ONE, 2],
      ]);
    },
  );
});

describe('a public link', () => {
  test('that was revoked after the backup stays revoked, and one that was not stays', async () => {
    const dataDir = await createMirror();
    const link = await readLink(dataDir);
    const backup = await createBackup(dataDir);
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toEqual(link);
    await setLink(dataDir, null);
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toBeUndefined();
    // And it is not in what the next restore replaces.
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toBeUndefined();
  });

  test('that was replaced after the backup, or went with its collection, stays revoked', async () => {
    const dataDir = await createMirror();
    const backup = await createBackup(dataDir);
    await setLink(dataDir, { showsPrompts: true });
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toBeUndefined();
    await opened(dataDir, async (store) => store.removeCollection(BEST, { nowMs: 7, within: undefined }));
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toBeUndefined();
  });

  test('shows no prompts that were hidden under it after the backup', async () => {
    const dataDir = await createMirror();
    const link = await readLink(dataDir);
    const backup = await createBackup(dataDir);
    await setLink(dataDir, { key: link?.key ?? '', showsPrompts: false });
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toMatchObject({ key: link?.key, showsPrompts: false });
  });

  test('stays when no database is replaced, or one that is older than links', async () => {
    const dataDir = await createMirror();
    const link = await readLink(dataDir);
    const backup = await createBackup(dataDir);
    const older = olderMirror(fileOf(dataDir), MIGRATIONS_BEFORE_COLLECTIONS);
    for (const into of [temporaryDirectory(), older]) {
      restoreInto(into, backup);
      expect(await readLink(into)).toEqual(link);
    }
  });

  test.each<[string, (dataDir: string) => void]>([
    ['the table of collections', (dataDir) => destroy(dataDir, 'collections')],
    [
      'the schema',
      (dataDir) => writeFileSync(fileOf(dataDir), readFileSync(fileOf(dataDir)).fill(0x55, 100, PAGE)),
    ],
    ['everything', (dataDir) => writeFileSync(fileOf(dataDir), 'no database')],
    ['all bytes', (dataDir) => truncateSync(fileOf(dataDir))],
  ])('is revoked by a restore over a database that lost %s to damage', async (_what, damage) => {
    const dataDir = await createMirror();
    const backup = await createBackup(dataDir);
    damage(dataDir);
    restoreInto(dataDir, backup);
    expect(await readLink(dataDir)).toBeUndefined();
    expect((await readAll(dataDir))[0]).toMatchObject({ name: 'Best', taskCount: 3 });
  });

  test('survives a rebuild, and so does that it was revoked', async () => {
    const dataDir = await createMirror();
    const link = await readLink(dataDir);
    rebuild(dataDir, clock);
    expect(await readLink(dataDir)).toEqual(link);
    await setLink(dataDir, null);
    rebuild(dataDir, clock);
    expect(await readLink(dataDir)).toBeUndefined();
  });
});
