/** Marks survive what databases go through: a backup, a rebuild, an upgrade, the loss of their task. */
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
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const QUERIES = ['is:starred', 'tag:poster', 'elephant cat', 'is:hidden', 'rating:>=3', 'cat', 'eleph*'];

async function store(target: Store, ...ids: string[]): Promise<void> {
  await target.storeDocuments({
    documents: ids.map((id) => document({ id, prompt: `a cat of ${id}` })),
    requestSeq: await target.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

/** A closed mirror with marks of two of its three tasks. */
async function createMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const target = await openStore({ dataDir, clock, mode: 'owner' });
  await store(target, 'one', 'two', 'three');
  const marks = { starred: true, rating: 4, tags: ['poster', 'a b'], note: 'an elephant' };
  await target.mark(
    [
      { id: 'one' as never, change: marks },
      { id: 'two' as never, change: { hidden: true, tags: ['poster'] } },
    ],
    { nowMs: 5 },
  );
  await target.close();
  return dataDir;
}

async function finishReindexing(target: Store): Promise<void> {
  while ((await target.reindexSome()) !== undefined);
}

/** What each query finds, the tags, and the marks. */
async function readAll(target: Store) {
  const found: Record<string, string[]> = {};
  for (const query of QUERIES) {
    const { hits } = await target.search(searchRequest(query));
    found[query] = hits.map(({ task }) => task.id).sort();
  }
  const { query, filter } = searchRequest('');
  const { tags, total } = await target.facets({ query, filter, by: 'day', timeZone: 'UTC' });
  return { found, tags, total, marks: (await target.listMarks(0, 10)).marks };
}

function alter(file: string, sql: string): void {
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
}

/** Rebuilds the mirror without the task `one`: changed by damage, it does not fit its hash, so that it is asked for again. */
function loseOne(dataDir: string): void {
  alter(
    join(dataDir, 'mirror.db'),
    "UPDATE tasks SET document = replace(document, 'cat', 'cut') WHERE id = 'one'",
  );
  rebuild(dataDir, clock);
}

describe('marks', () => {
  test.each([
    'SELECT 1',
    "DELETE FROM mark_tags; INSERT INTO mark_tags VALUES ('forged', 1)",
    "UPDATE tag_counts SET n = 99; INSERT INTO tag_counts VALUES ('forged', 5, 0)",
    "UPDATE marks SET position = 1 WHERE id = 'one'",
    'UPDATE marks SET position = NULL; DELETE FROM mark_tags; DELETE FROM tag_counts',
    "INSERT INTO note_index (note_index) VALUES ('delete-all')",
    "INSERT INTO marks (id, tags, version, changed_at) VALUES ('gone', '[\"x\"]', 1, 1)",
  ])('are restored, and nothing is believed that is derived from them: %s', async (forgery) => {
    const dataDir = await createMirror();
    const before = await readAll(await openTestStore(dataDir));
    const backup = join(temporaryDirectory(), 'backup.db');
    await backUp(dataDir, backup);
    alter(backup, forgery);
    const into = temporaryDirectory();
    restore(into, backup, clock.now());
    const target = await openTestStore(into);
    const { marks, ...rest } = await readAll(target);
    expect({ ...rest, marks: marks.slice(0, 2) }).toEqual(before);
    expect(await target.audit()).toEqual([]);
  });

  test('are rebuilt with the tasks; those of a lost task wait until it is fetched again', async () => {
    const dataDir = await createMirror();
    const intact = await openStore({ dataDir, clock, mode: 'owner' });
    const before = await readAll(intact);
    await intact.close();
    loseOne(dataDir);
    const target = await openTestStore(dataDir);
    await finishReindexing(target);
    expect((await readAll(target)).found).toMatchObject({
      'is:starred': [],
      'is:hidden': ['two'],
      cat: ['three'],
    });
    await store(target, 'one');
    expect(await readAll(target)).toEqual(before);
    expect(await target.audit()).toEqual([]);
  });

  test('that were taken away are attached again, too', async () => {
    const dataDir = await createMirror();
    const intact = await openStore({ dataDir, clock, mode: 'owner' });
    const none = { starred: false, rating: 0, tags: [], note: '' };
    await intact.mark([{ id: 'one' as never, change: none }], { nowMs: 6 });
    await intact.close();
    loseOne(dataDir);
    const target = await openTestStore(dataDir);
    await finishReindexing(target);
    await store(target, 'one');
    expect(await target.audit()).toEqual([]);
  });

  test('are gone with a task that is forgotten, even while it is lost', async () => {
    const dataDir = await createMirror();
    loseOne(dataDir);
    const target = await openTestStore(dataDir);
    await target.remove('one' as never);
    await store(target, 'one');
    expect((await target.listMarks(0, 10)).marks.map(({ id }) => id)).toEqual(['two']);
  });

  test('can be set after an upgrade of a mirror that had none', async () => {
    const documents = await createMirror();
    const dataDir = olderMirror(join(documents, 'mirror.db'), 14);
    const target = await openTestStore(dataDir);
    await finishReindexing(target);
    expect(await readAll(target)).toMatchObject({ total: 3, marks: [], tags: [] });
    await target.mark([{ id: 'three' as never, change: { hidden: true, tags: ['new'] } }], { nowMs: 1 });
    expect((await readAll(target)).total).toBe(2);
    expect(await target.audit()).toEqual([]);
  });

  test.each([
    "DELETE FROM mark_tags WHERE tag = 'a b'",
    "UPDATE tag_counts SET n = 7 WHERE tag = 'poster'",
    "UPDATE marks SET position = 1 WHERE id = 'one'",
    "INSERT INTO note_index (note_index) VALUES ('delete-all')",
    'UPDATE task_counts SET hidden = 0',
  ])('that are not found are found out: %s', async (damage) => {
    const dataDir = await createMirror();
    alter(join(dataDir, 'mirror.db'), damage);
    expect(await (await openTestStore(dataDir)).audit()).not.toEqual([]);
  });
});
