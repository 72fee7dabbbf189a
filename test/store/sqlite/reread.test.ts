import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startReindexing } from '../../../src/app/reindexing.ts';
import { createLog } from '../../../src/lib/log.ts';
import type { Store } from '../../../src/store/contract/store.ts';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { computeSlot } from '../../../src/store/sqlite/position.ts';
import { archivedImage, document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { olderMirror } from '../../helpers/older-mirror.ts';
import { searchRequest } from '../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../helpers/test-mirror.ts';

/** The schema of the version before, and the values that its rules read out of the documents. */
const MIGRATIONS_BEFORE = 8;

interface OldRow {
  readonly id: string;
  readonly more: Record<string, unknown>;
  /** As the version before had it. */
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly createdAtMs?: number;
}

const NOW = new ManualClock().now();
const CREATED_MS = 1_773_400_000_000;
const image = (url: string, more = {}) => ({ image_url: `https://img.example/${url}.png`, ...more });
const done = (...data: unknown[]) => ({ response: { success: true, data } });

/** A closed mirror as the version before left it. */
async function mirrorOfVersionBefore(rows: readonly OldRow[]): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
  for (const { id, more } of rows) {
    const task = document({ id, prompt: `cat ${id}`, more }, NOW);
    await store.storeDocuments({ documents: [task], requestSeq: 1, fetchedAtMs: NOW });
  }
  await store.close();
  const older = olderMirror(join(dataDir, 'mirror.db'), MIGRATIONS_BEFORE);
  const raw = new Database(join(older, 'mirror.db'));
  raw.exec("UPDATE tasks SET type = NULL, seed = NULL; INSERT INTO facts VALUES ('drift', '1000000')");
  const update = raw.prepare('UPDATE tasks SET position = ?, state = ?, created_at = ? WHERE id = ?');
  rows.forEach(({ id, state, createdAtMs = CREATED_MS }, at) => {
    update.run(computeSlot(createdAtMs) + at, state, createdAtMs, id);
    if (state === 'pending')
      raw.prepare('INSERT INTO tracked (id, tracked_at, due_at) VALUES (?, 1, 1)').run(id);
  });
  raw.close();
  return older;
}

/** Archives the first image of a task in a closed mirror. */
function archiveImage(dataDir: string, id: string, sha256: string): void {
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.prepare("INSERT INTO images VALUES (?, 'image/png', 1, 1, 1, x'00', 1)").run(sha256);
  raw
    .prepare(
      'INSERT INTO task_images (position, n, sha256, added_at) SELECT position, 0, ?, 1 FROM tasks WHERE id = ?',
    )
    .run(sha256, id);
  raw.close();
}

async function rereadAll(store: Store): Promise<void> {
  while (await store.rereadSome(NOW));
  while (await store.reindexSome());
}

const stateOf = async (store: Store, id: string) => (await store.getMany([document({ id }).id]))[0]?.state;

describe('the documents of a version that read them otherwise', () => {
  test('get the state of today’s rules: frozen ones are tracked again, finished ones archived', async () => {
    const [frozen, queued, film] = numberedIds(3);
    const older = await mirrorOfVersionBefore([
      { id: frozen, more: { ...done(image('1')), finished_at: null }, state: 'succeeded' },
      { id: queued, more: done(image('2', { status: 'queued' })), state: 'succeeded' },
      { id: film, more: done({ video_url: 'https://img.example/3.mp4' }), state: 'pending' },
    ]);
    archiveImage(older, frozen, 'draft');
    const store = await openTestStore(older);
    expect(await Promise.all([frozen, queued, film].map((id) => stateOf(store, id)))).toEqual([
      'succeeded',
      'succeeded',
      'pending',
    ]);
    await rereadAll(store);
    expect(await Promise.all([frozen, queued, film].map((id) => stateOf(store, id)))).toEqual([
      'pending',
      'pending',
      'succeeded',
    ]);
    const { items } = await store.tracked({ limit: 10, offset: 0 });
    expect(items.map(({ id, dueAtMs }) => [id, dueAtMs]).sort()).toEqual([
      [frozen, NOW],
      [queued, NOW],
    ]);
    const wanted = await store.claimImages({ nowMs: NOW, limit: 10, leaseMs: () => 1 });
    expect(wanted.filter(({ taskId }) => taskId === film)).toMatchObject([
      { artifact: { kind: 'videos', url: 'https://img.example/3.mp4' } },
    ]);
    // The result that was frozen too early may change now, and its images with it.
    const grown = document(
      { id: frozen, more: { ...done(image('1'), image('2')), finished_at: 1_773_400_009 } },
      NOW,
    );
    const stored = await store.storeDocuments({ documents: [grown], requestSeq: 2, fetchedAtMs: NOW + 1 });
    expect(stored).toMatchObject({ updated: 1, regressions: 0 });
    expect(await store.imagesOf([frozen])).toMatchObject([{ n: 0, sha256: 'draft' }]);
    const again = await store.claimImages({ nowMs: NOW + 1, limit: 10, leaseMs: () => 1000 });
    expect(
      again
        .filter(({ taskId }) => taskId === frozen)
        .map(({ n }) => n)
        .sort(),
    ).toEqual([0, 1]);
    expect(await store.audit()).toEqual([]);
  });

  test('get their kind, time and seed: lists, order and search follow, and so do archived images', async () => {
    const [early, late] = numberedIds(2);
    const more = { ...done(image('1', { seed: '9007199254740993' })), created_at: '2026-01-02T03:04:05' };
    const older = await mirrorOfVersionBefore([
      { id: early, more, state: 'succeeded', createdAtMs: NOW },
      { id: late, more: done(image('2', { seed: 5 })), state: 'succeeded' },
    ]);
    archiveImage(older, early, 'aa');
    const store = await openTestStore(older);
    const list = async () =>
      (await store.list({ values: { type: ['images'] } }, { limit: 9, offset: 0 })).tasks.map(({ id }) => id);
    const find = async (text: string) =>
      (await store.search(searchRequest(text))).hits.map(({ task }) => task.id);
    expect([await list(), await find('seed:9007199254740993')]).toEqual([[], []]);
    await rereadAll(store);
    expect(await list()).toEqual([late, early]);
    expect(await find('cat')).toEqual([late, early]);
    expect(await find('cat on:2026-01-02')).toEqual([early]);
    expect(await find('seed:9007199254740993')).toEqual([early]);
    expect(await find('seed:9007199254740992')).toEqual([]);
    expect(await find('seed:5')).toEqual([late]);
    expect(await store.imagesOf([early])).toMatchObject([
      { n: 0, sha256: 'aa', width: 1, thumbhash: Buffer.from([0]) },
    ]);
    expect(await store.audit()).toEqual([]);
  });

  test('are read in batches beside searches; a restart resumes, and the log tells', async () => {
    const ids = numberedIds(450);
    const older = await mirrorOfVersionBefore(
      ids.map((id) => ({ id, more: done(image(id)), state: 'succeeded' })),
    );
    const first = await openStore({ dataDir: older, clock: new ManualClock(), mode: 'owner' });
    expect(await first.rereadSome(NOW)).toEqual({ tasksLeft: 400 });
    await first.close();
    // A command beside a server leaves it to that.
    const beside = await openStore({ dataDir: older, clock: new ManualClock(), mode: 'writer' });
    await beside.close();

    const second = await openTestStore(older);
    const lines: string[] = [];
    const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
    const job = startReindexing(second, { clock: new ManualClock(), log });
    await expect.poll(async () => (await second.search(searchRequest('cat', { limit: 1 }))).total).toBe(450);
    await expect.poll(() => lines.join()).toContain('all stored documents have been re-read');
    await job.stop();
    const { count } = await second.list({ values: { type: ['images'] } }, { limit: 1, offset: 0 });
    expect(count).toBe(450);
    // Searches find less until the index is complete, so that comes first.
    expect(lines[0]).toContain('rebuilding the search index');
    expect(lines.join()).toContain('re-reading stored documents');
    expect(await second.rereadSome(NOW)).toBeUndefined();
  });

  test('get their cost and the ratios of their archived images, and no other row is written', async () => {
    const [costly, free] = numberedIds(2);
    const dataDir = temporaryDirectory();
    const created = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
    const { data } = done(image('1'), image('2')).response;
    await created.storeDocuments({
      documents: [
        document({ id: costly, more: { response: { success: true, data, cost: { amount: 0.04 } } } }, NOW),
        document({ id: free }, NOW),
      ],
      requestSeq: 1,
      fetchedAtMs: NOW,
    });
    const wide = { ...archivedImage('a'.repeat(64)), width: 300, height: 100 };
    await created.archiveImage({ taskId: costly, n: 1 }, wide, NOW);
    await created.close();
    const read = (sql: string): unknown[] => {
      const raw = new Database(join(dataDir, 'mirror.db'));
      try {
        return raw.prepare(sql).raw().all();
      } finally {
        raw.close();
      }
    };
    const costs = 'SELECT tasks.cost, day_counts.cost FROM tasks JOIN day_counts ORDER BY tasks.id';
    const ratios = 'SELECT n, ratio FROM task_images WHERE link_hash IS NOT NULL ORDER BY position, n';
    const stored = [read(costs), read(ratios)];
    expect(stored).toEqual([
      [
        [40_000, 40_000],
        [null, 40_000],
      ],
      [
        [0, null],
        [1, 198],
        [0, null],
      ],
    ]);

    const raw = new Database(join(dataDir, 'mirror.db'));
    raw.exec(`UPDATE tasks SET cost = NULL; UPDATE task_images SET ratio = NULL;
      UPDATE facts SET value = '3' WHERE name = 'reading-version';
      CREATE TABLE written (what TEXT);
      CREATE TRIGGER task_written AFTER UPDATE ON tasks BEGIN INSERT INTO written VALUES (old.id); END;
      CREATE TRIGGER image_written AFTER UPDATE ON task_images BEGIN INSERT INTO written VALUES (old.n); END`);
    const termsBefore = raw.prepare('SELECT id, block FROM prompt_index_data ORDER BY id').all();
    raw.close();
    const store = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
    while (await store.rereadSome(NOW));
    await store.close();
    expect([read(costs), read(ratios)]).toEqual(stored);
    expect(read('SELECT what FROM written').flat().sort()).toEqual([costly, '1'].sort());
    expect(read('SELECT id, block FROM prompt_index_data ORDER BY id')).toEqual(
      termsBefore.map((row) => Object.values(row as object)),
    );
  });

  test('that no rule changes are left alone, and so is a new mirror', async () => {
    const store = await openTestStore();
    const [id] = numberedIds(1);
    await store.storeDocuments({
      documents: [document({ id, state: 'failed' })],
      requestSeq: 1,
      fetchedAtMs: NOW,
    });
    expect(await store.rereadSome(NOW)).toBeUndefined();
    expect(await stateOf(store, id)).toBe('failed');
  });
});
