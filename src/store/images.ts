/** Which image of which task is archived, still to fetch, or given up. The files themselves are the archive's. */

import type { TaskId } from '../task/id.ts';
import { isObject } from '../task/json-object.ts';
import { imageUrls } from '../task/state.ts';
import type { ArchivedImage, FailingImage, ImageStats, Store, TaskImage, WantedImage } from './contract.ts';
import { type Sqlite, transaction } from './database.ts';

type Sync<Method> = Method extends (...args: infer Args) => infer Result
  ? (...args: Args) => Exclude<Result, Promise<unknown>>
  : never;

type ContractPart =
  | 'claimImages'
  | 'archiveImage'
  | 'failImage'
  | 'image'
  | 'wantImageAgain'
  | 'imagesOf'
  | 'imageStats'
  | 'failingImages';

export type ImageStore = { [Name in ContractPart]: Sync<Store[Name]> } & {
  /** Inside a transaction of the caller: the task succeeded with so many images. */
  want(id: TaskId, count: number, nowMs: number): void;
  /** Inside a transaction of the caller: the task goes. @returns the images that nothing uses any more */
  release(id: TaskId): ArchivedImage[];
};

const IMAGE = `images.sha256 AS sha256, images.media_type AS mediaType, images.bytes AS bytes, images.width AS width,
  images.height AS height, images.thumbhash AS thumbhash`;
const REASONS = 20;

interface ClaimedRow {
  taskId: TaskId;
  n: number;
  attempts: number;
  addedAtMs: number;
}

export function createImageStore(db: Sqlite): ImageStore {
  const statements = prepare(db);

  const urlOf = (id: TaskId, n: number): string | undefined => {
    const text = statements.document.get(id)?.document;
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(value) ? imageUrls(value)[n] : undefined;
  };

  return {
    want: (id, count, nowMs) => {
      for (let n = 0; n < count; n += 1) statements.want.run(id, n, nowMs, nowMs);
    },
    release: (id) => {
      const used = statements.ofTask.all(id);
      statements.forget.run(id);
      const orphans = used.filter(({ sha256 }) => statements.isUsed.get(sha256) === undefined);
      for (const { sha256 } of orphans) statements.remove.run(sha256);
      return orphans;
    },
    claimImages: ({ nowMs, limit, leaseMs }) => {
      // Asked every second, and almost always in vain: that must not wait for a writer.
      if (statements.due.all(nowMs, 1).length === 0) return [];
      return transaction(db, () =>
        statements.due.all(nowMs, limit).map((row): WantedImage => {
          statements.lease.run(nowMs + leaseMs, row.taskId, row.n);
          return { ...row, url: urlOf(row.taskId, row.n) };
        }),
      );
    },
    archiveImage: ({ taskId, n }, image, nowMs) =>
      transaction(db, () => {
        if (statements.archived.run(image.sha256, taskId, n).changes === 0) return false;
        statements.insert.run({ ...image, nowMs });
        return true;
      }),
    failImage: ({ taskId, n }, { dueAtMs, error }) => {
      statements.failed.run(dueAtMs ?? null, error, taskId, n);
    },
    image: (sha256) => statements.image.get(sha256),
    wantImageAgain: (sha256, nowMs) => {
      statements.wantAgain.run(nowMs, sha256);
    },
    imagesOf: (ids) => statements.imagesOf.all(JSON.stringify(ids)),
    imageStats: (): ImageStats => ({
      archived: statements.archivedCount.get()?.n ?? 0,
      bytes: statements.archivedCount.get()?.bytes ?? 0,
      wanted: statements.wantedCount.get()?.n ?? 0,
      givenUp: statements.givenUpCount.get()?.n ?? 0,
      reasons: statements.reasons.all(REASONS),
    }),
    failingImages: (limit) =>
      statements.failing
        .all(limit)
        .map(({ dueAtMs, ...row }): FailingImage => ({ ...row, dueAtMs: dueAtMs ?? undefined })),
  };
}

function prepare({ raw }: Sqlite) {
  return {
    want: raw.prepare<[string, number, number, number]>(
      'INSERT INTO task_images (task_id, n, added_at, due_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    ofTask: raw.prepare<[string], ArchivedImage>(
      `SELECT DISTINCT ${IMAGE} FROM task_images JOIN images USING (sha256) WHERE task_id = ?`,
    ),
    forget: raw.prepare<[string]>('DELETE FROM task_images WHERE task_id = ?'),
    isUsed: raw.prepare<[string], unknown>('SELECT 1 FROM task_images WHERE sha256 = ? LIMIT 1'),
    remove: raw.prepare<[string]>('DELETE FROM images WHERE sha256 = ?'),
    document: raw.prepare<[string], { document: string }>('SELECT document FROM tasks WHERE id = ?'),
    due: raw.prepare<[number, number], ClaimedRow>(
      `SELECT task_id AS taskId, n, attempts, added_at AS addedAtMs FROM task_images
       WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at DESC LIMIT ?`,
    ),
    lease: raw.prepare<[number, string, number]>(
      'UPDATE task_images SET due_at = ? WHERE task_id = ? AND n = ?',
    ),
    archived: raw.prepare<[string, string, number]>(
      'UPDATE task_images SET sha256 = ?, due_at = NULL, last_error = NULL WHERE task_id = ? AND n = ?',
    ),
    insert: raw.prepare<ArchivedImage & { nowMs: number }>(
      `INSERT INTO images (sha256, media_type, bytes, width, height, thumbhash, archived_at)
       VALUES (:sha256, :mediaType, :bytes, :width, :height, :thumbhash, :nowMs) ON CONFLICT DO NOTHING`,
    ),
    failed: raw.prepare<[number | null, string, string, number]>(
      'UPDATE task_images SET due_at = ?, attempts = attempts + 1, last_error = ? WHERE task_id = ? AND n = ?',
    ),
    image: raw.prepare<[string], ArchivedImage>(`SELECT ${IMAGE} FROM images WHERE sha256 = ?`),
    wantAgain: raw.prepare<[number, string]>('UPDATE task_images SET due_at = ? WHERE sha256 = ?'),
    imagesOf: raw.prepare<[string], TaskImage>(
      `SELECT task_images.task_id AS taskId, task_images.n AS n, ${IMAGE}
       FROM json_each(?) AS asked CROSS JOIN task_images ON task_images.task_id = asked.value
       JOIN images USING (sha256) ORDER BY asked.key, task_images.n`,
    ),
    archivedCount: raw.prepare<[], { n: number; bytes: number }>(
      'SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM images',
    ),
    wantedCount: raw.prepare<[], { n: number }>(
      'SELECT count(*) AS n FROM task_images WHERE due_at IS NOT NULL',
    ),
    givenUpCount: raw.prepare<[], { n: number }>(
      'SELECT count(*) AS n FROM task_images WHERE last_error IS NOT NULL AND due_at IS NULL',
    ),
    reasons: raw.prepare<[number], { error: string; count: number }>(
      `SELECT last_error AS error, count(*) AS count FROM task_images WHERE last_error IS NOT NULL
       GROUP BY last_error ORDER BY count(*) DESC, last_error LIMIT ?`,
    ),
    failing: raw.prepare<[number], Omit<FailingImage, 'dueAtMs'> & { dueAtMs: number | null }>(
      `SELECT task_id AS taskId, n, attempts, due_at AS dueAtMs, last_error AS error FROM task_images
       WHERE last_error IS NOT NULL ORDER BY due_at IS NULL, due_at DESC LIMIT ?`,
    ),
  };
}
