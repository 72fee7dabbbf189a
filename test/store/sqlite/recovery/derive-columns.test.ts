/** Hashes cover the documents of a backup only: its columns are derived from them again. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import type { TaskId } from '../../../../src/task/id.ts';
import { placeholderTask } from '../../../../src/task/placeholder-task.ts';
import { archivedImage, document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const NOW = clock.now();

/** A mirror with a finished task of another user, and one that is pending. */
async function mirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const more = { application_id: 'app' };
  await store.storeDocuments({
    documents: [
      document({ id: 'a', prompt: 'secret cat', userId: 'other', more }, NOW),
      document(
        { id: 'b', prompt: 'lone \ud800', userId: '\ud800', state: 'pending', more: { seed: 2 ** 60 } },
        NOW,
      ),
    ],
    requestSeq: 1,
    fetchedAtMs: NOW,
  });
  const generation = { id: 'c' as TaskId, kind: 'images', request: '{"prompt":"a dog"}' } as const;
  await store.addPlaceholder(placeholderTask(generation, NOW), { nowMs: NOW, dueAtMs: NOW });
  await store.close();
  return dataDir;
}

function query(file: string, sql: string): unknown[] {
  const db = new Database(file);
  try {
    db.unsafeMode(true);
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

function alter(file: string, sql: string): void {
  const db = new Database(file);
  db.exec(sql);
  db.close();
}

const tasksOf = (file: string) => query(file, 'SELECT * FROM tasks ORDER BY id');

async function backupOf(dataDir: string): Promise<string> {
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  return backup;
}

test('a restore leaves the columns of an honest backup as they are', async () => {
  const backup = await backupOf(await mirror());
  const dataDir = temporaryDirectory();
  restore(dataDir, backup, NOW);
  expect(tasksOf(join(dataDir, 'mirror.db'))).toEqual(tasksOf(backup));
});

test.each([
  "user_id = 'me'",
  "application_id = 'mine'",
  "model = 'forged', size = '1x1', action = 'edit', type = 'videos', seed = 3",
  "state = 'failed'",
  'created_at = 1',
  'position = position - 100',
  'prompt_hash = zeroblob(8)',
  'cost = 5',
  "user_id = 'me', created_at = 1, state = 'failed', model = 'forged'",
])('a restore derives %s from the documents', async (columns) => {
  const backup = await backupOf(await mirror());
  const before = tasksOf(backup);
  alter(backup, `UPDATE tasks SET ${columns}`);
  expect(tasksOf(backup)).not.toEqual(before);
  const dataDir = temporaryDirectory();
  restore(dataDir, backup, NOW);
  const withoutPosition = (rows: unknown[]) => rows.map((row) => ({ ...(row as object), position: 0 }));
  expect(withoutPosition(tasksOf(join(dataDir, 'mirror.db')))).toEqual(withoutPosition(before));
  const store = await openTestStore(dataDir);
  const within = (userId: string) => ({ within: { userIds: [userId], applicationIds: [] } });
  expect((await store.search(searchRequest('secret', { filter: within('me') }))).hits).toEqual([]);
  expect((await store.search(searchRequest('secret', { filter: within('other') }))).hits).toHaveLength(1);
  expect(await store.audit()).toEqual([]);
});

test.each(["id = 'renamed'", "fetched_at = 0, user_id = 'me', id = 'renamed'"])(
  'a restore refuses a task stored under another id: %s',
  async (columns) => {
    const backup = await backupOf(await mirror());
    alter(backup, `UPDATE tasks SET ${columns} WHERE id = 'a'`);
    expect(() => restore(temporaryDirectory(), backup, NOW)).toThrow(
      'task "renamed" is not the one in its document',
    );
  },
);

test('a placeholder that a backup makes of a document does not show it to another user', async () => {
  const backup = await backupOf(await mirror());
  alter(backup, "UPDATE tasks SET fetched_at = 0, user_id = 'me' WHERE id = 'a'");
  const dataDir = temporaryDirectory();
  restore(dataDir, backup, NOW);
  expect(query(join(dataDir, 'mirror.db'), "SELECT user_id, state FROM tasks WHERE id = 'a'")).toEqual([
    { user_id: 'other', state: 'pending' },
  ]);
});

test('an audit reports a task whose columns differ from its document', async () => {
  const dataDir = await mirror();
  alter(join(dataDir, 'mirror.db'), "UPDATE tasks SET user_id = 'me' WHERE id = 'a'");
  expect(await (await openTestStore(dataDir)).audit()).toEqual([
    { id: 'a', problem: 'the columns differ from the document' },
  ]);
});

test('a restore derives the ratios of images from their pixels', async () => {
  const dataDir = await mirror();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const wide = { ...archivedImage('a'.repeat(64)), width: 300, height: 100 };
  expect(await store.archiveImage({ taskId: 'a' as TaskId, n: 0 }, wide, NOW)).toBe(true);
  await store.close();
  const backup = await backupOf(dataDir);
  alter(backup, 'UPDATE task_images SET ratio = 128');
  const restored = temporaryDirectory();
  restore(restored, backup, NOW);
  expect(query(join(restored, 'mirror.db'), 'SELECT ratio FROM task_images')).toEqual([{ ratio: 198 }]);
});
