/** Which images of which tasks are archived, queued, or given up. The files themselves belong to the archive. */

import { tryParseJson } from '../../lib/parse-json.ts';
import { listArtifacts } from '../../task/artifacts.ts';
import type { TaskId } from '../../task/id.ts';
import { isObject, type JsonObject } from '../../task/json-object.ts';
import type {
  ArchivedImage,
  ImageStore as Contract,
  FailingImage,
  ImageStats,
  KnownImage,
  TaskImage,
  WantedImage,
} from '../contract/images.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from './filter-sql.ts';
import type { Synchronous } from './synchronous.ts';

export interface ImageStore extends Synchronous<Contract> {
  /** Inside the caller's transaction: queues `count` artifacts of the succeeded task at this position. */
  enqueueImages(position: number, count: number, nowMs: number): void;
  /** Inside the caller's transaction: queues the task's images again; archived ones stay until they are replaced. */
  requeueAll(position: number, count: number, nowMs: number): void;
  /** Inside the caller's transaction: the task has moved to another position. */
  move(from: number, to: number): void;
  /** Inside the caller's transaction: removes a task's images. @returns the images that are no longer used */
  release(position: number): ArchivedImage[];
}

/** An archived image as a row. */
type ImageRow<T extends ArchivedImage = ArchivedImage> = {
  [Name in keyof T]: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};

const IMAGE = `images.sha256 AS sha256, images.media_type AS mediaType, images.bytes AS bytes, images.width AS width,
  images.height AS height, images.thumbhash AS thumbhash`;
const KNOWN_IMAGE = `${IMAGE}, images.missing_since IS NOT NULL AS isMissing`;
/** Selects an image's row by its task id and index. */
const BY_TASK_AND_N = 'position = (SELECT position FROM tasks WHERE id = ?) AND n = ?';
/** Due images that are compared for their order. */
const MAX_SORTED = 20_000;
const MAX_REASONS = 20;
/** Shown as the reason why it is to be fetched. */
const MISSING = 'its file is missing or damaged';
const PAGE_SIZE = 500;

type KnownImageRow = ImageRow & { isMissing: 0 | 1 };

interface ClaimedRow {
  position: number;
  document: string;
  taskId: TaskId;
  n: number;
  attempts: number;
  addedAtMs: number;
}

export function createImageStore(db: Sqlite): ImageStore {
  const statements = prepare(db);

  /** Inside a transaction. Other tasks with the same image need not fetch it any more either. */
  const recordFound = (sha256: string): void => {
    if (statements.found.run(sha256).changes > 0) statements.fetchNoMore.run(sha256);
  };

  return {
    enqueueImages: (position, count, nowMs) => {
      for (let n = 0; n < count; n += 1) statements.enqueue.run(position, n, nowMs, nowMs);
    },
    requeueAll: (position, count, nowMs) => {
      statements.forgetBeyond.run(position, count);
      statements.requeueAll.run(nowMs, position);
    },
    move: (from, to) => {
      statements.move.run(to, from);
    },
    release: (position) => {
      const used = statements.ofTask.all(position).map(mapImage);
      statements.forget.run(position);
      const orphans = used.filter(({ sha256 }) => statements.isUsed.get(sha256) === undefined);
      for (const { sha256 } of orphans) statements.remove.run(sha256);
      return orphans;
    },
    claimImages: ({ nowMs, dueBeforeMs = nowMs, limit, leaseMs }) => {
      // Polled every second, almost always without a result: that must not wait for a writer.
      if (statements.isDue.get(dueBeforeMs) === undefined) return [];
      return runInTransaction(db, () =>
        statements.due.all(dueBeforeMs, limit).map(({ position, document, ...row }): WantedImage => {
          const artifact = listArtifacts(readObject(document))[row.n];
          statements.lease.run(nowMs + leaseMs(artifact?.kind ?? 'images'), position, row.n);
          return { ...row, artifact };
        }),
      );
    },
    archiveImage: ({ taskId, n }, image, nowMs) =>
      runInTransaction(db, () => {
        const replaced = statements.hashOf.get(taskId, n)?.sha256;
        if (statements.archived.run(image.sha256, taskId, n).changes === 0) return false;
        const { width = null, height = null, thumbhash = null } = image;
        statements.insert.run({ ...image, width, height, thumbhash, nowMs });
        recordFound(image.sha256);
        // The host may have other bytes now; nobody will look for the old ones any more.
        if (replaced != null) statements.removeMissing.run(replaced, replaced);
        return true;
      }),
    failImage: ({ taskId, n }, { dueAtMs, error }) => {
      statements.failed.run(dueAtMs ?? null, error, taskId, n);
    },
    deferImages: (wanted, { dueAtMs, error }) =>
      runInTransaction(db, () => {
        for (const { taskId, n } of wanted) statements.deferred.run(dueAtMs, error ?? null, taskId, n);
      }),
    image: (sha256, within) => {
      const conditions = buildLimitConditions(within, 'tasks');
      if (conditions.length === 0) return mapFoundImage(statements.image.get(sha256));
      const row = db.raw
        .prepare<unknown[], KnownImageRow>(
          `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 = ? AND EXISTS (
             SELECT 1 FROM task_images JOIN tasks USING (position)
             ${buildWhereClause([{ sql: 'task_images.sha256 = images.sha256', params: [] }, ...conditions])})`,
        )
        .get(sha256, ...collectParams(conditions));
      return mapFoundImage(row);
    },
    archivedImages: (after) => statements.archivedImages.all(after).map(mapKnownImage),
    requeueImage: (sha256, nowMs) => {
      statements.requeue.run(nowMs, sha256);
    },
    recordMissingImages: (sha256s, nowMs) =>
      runInTransaction(db, () => {
        const marked = sha256s.filter((sha256) => statements.missing.run(nowMs, sha256).changes > 0);
        for (const sha256 of marked) statements.fetchMissing.run(nowMs, MISSING, sha256);
        return marked.length;
      }),
    recordFoundImages: (sha256s) => {
      runInTransaction(db, () => sha256s.forEach(recordFound));
    },
    countMissingImages: () => statements.missingCount.get()?.n ?? 0,
    imagesOf: (ids) => statements.imagesOf.all(JSON.stringify(ids)).map(mapImage),
    imageStats: (): ImageStats => ({
      archived: statements.archivedCount.get()?.n ?? 0,
      bytes: statements.archivedCount.get()?.bytes ?? 0,
      wanted: statements.wantedCount.get()?.n ?? 0,
      givenUp: statements.givenUpCount.get()?.n ?? 0,
      reasons: statements.reasons.all(MAX_REASONS),
    }),
    failingImages: (limit) =>
      statements.failing
        .all(limit)
        .map(({ dueAtMs, ...row }): FailingImage => ({ ...row, dueAtMs: dueAtMs ?? undefined })),
  };
}

/** A document that is no longer readable has no images, and must not keep others from being fetched. */
function readObject(text: string): JsonObject {
  const value = tryParseJson(text);
  return isObject(value) ? value : {};
}

function mapImage<Row extends ImageRow>(row: Row) {
  const { width, height, thumbhash } = row;
  return {
    ...row,
    width: width ?? undefined,
    height: height ?? undefined,
    thumbhash: thumbhash ?? undefined,
  };
}

function mapKnownImage({ isMissing, ...row }: KnownImageRow): KnownImage {
  return { ...mapImage(row), ...(isMissing === 1 ? { isMissing: true } : {}) };
}

function mapFoundImage(row: KnownImageRow | undefined): KnownImage | undefined {
  return row && mapKnownImage(row);
}

function prepare({ raw }: Sqlite) {
  return {
    enqueue: raw.prepare<[number, number, number, number]>(
      'INSERT INTO task_images (position, n, added_at, due_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    ),
    forgetBeyond: raw.prepare<[number, number]>('DELETE FROM task_images WHERE position = ? AND n >= ?'),
    requeueAll: raw.prepare<[number, number]>(
      'UPDATE task_images SET due_at = ?, attempts = 0, last_error = NULL WHERE position = ?',
    ),
    move: raw.prepare<[number, number]>('UPDATE task_images SET position = ? WHERE position = ?'),
    ofTask: raw.prepare<[number], ImageRow>(
      `SELECT DISTINCT ${IMAGE} FROM task_images JOIN images USING (sha256) WHERE position = ?`,
    ),
    forget: raw.prepare<[number]>('DELETE FROM task_images WHERE position = ?'),
    isUsed: raw.prepare<[string], unknown>('SELECT 1 FROM task_images WHERE sha256 = ? LIMIT 1'),
    remove: raw.prepare<[string]>('DELETE FROM images WHERE sha256 = ?'),
    isDue: raw.prepare<[number], unknown>('SELECT 1 FROM task_images WHERE due_at <= ? LIMIT 1'),
    // Sorts the newest of what is due, to be bounded in time if very many images fail.
    due: raw.prepare<[number, number], ClaimedRow>(
      `SELECT position, n, attempts, added_at AS addedAtMs, tasks.id AS taskId, tasks.document AS document
       FROM (
         SELECT * FROM (SELECT * FROM task_images WHERE due_at <= ? ORDER BY due_at DESC LIMIT ${MAX_SORTED})
         ORDER BY attempts > 0, due_at DESC LIMIT ?
       ) CROSS JOIN tasks USING (position) ORDER BY attempts > 0, due_at DESC`,
    ),
    lease: raw.prepare<[number, number, number]>(
      'UPDATE task_images SET due_at = ? WHERE position = ? AND n = ?',
    ),
    archived: raw.prepare<[string, string, number]>(
      `UPDATE task_images SET sha256 = ?, due_at = NULL, last_error = NULL WHERE ${BY_TASK_AND_N}`,
    ),
    insert: raw.prepare<ImageRow & { nowMs: number }>(
      `INSERT INTO images (sha256, media_type, bytes, width, height, thumbhash, archived_at)
       VALUES (:sha256, :mediaType, :bytes, :width, :height, :thumbhash, :nowMs) ON CONFLICT DO NOTHING`,
    ),
    failed: raw.prepare<[number | null, string, string, number]>(
      `UPDATE task_images SET due_at = ?, attempts = attempts + 1, last_error = ? WHERE ${BY_TASK_AND_N}`,
    ),
    deferred: raw.prepare<[number, string | null, string, number]>(
      `UPDATE task_images SET due_at = ?, last_error = coalesce(?, last_error) WHERE ${BY_TASK_AND_N} AND due_at IS NOT NULL`,
    ),
    image: raw.prepare<[string], KnownImageRow>(`SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 = ?`),
    archivedImages: raw.prepare<[string], KnownImageRow>(
      `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 > ? ORDER BY sha256 LIMIT ${PAGE_SIZE}`,
    ),
    requeue: raw.prepare<[number, string]>('UPDATE task_images SET due_at = ? WHERE sha256 = ?'),
    hashOf: raw.prepare<[string, number], { sha256: string | null }>(
      `SELECT sha256 FROM task_images WHERE ${BY_TASK_AND_N}`,
    ),
    missing: raw.prepare<[number, string]>(
      'UPDATE images SET missing_since = ? WHERE sha256 = ? AND missing_since IS NULL',
    ),
    fetchMissing: raw.prepare<[number, string, string]>(
      'UPDATE task_images SET due_at = ?, attempts = 0, last_error = ? WHERE sha256 = ?',
    ),
    found: raw.prepare<[string]>(
      'UPDATE images SET missing_since = NULL WHERE sha256 = ? AND missing_since IS NOT NULL',
    ),
    fetchNoMore: raw.prepare<[string]>(
      'UPDATE task_images SET due_at = NULL, last_error = NULL WHERE sha256 = ?',
    ),
    removeMissing: raw.prepare<[string, string]>(
      `DELETE FROM images WHERE sha256 = ? AND missing_since IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM task_images WHERE sha256 = ?)`,
    ),
    missingCount: raw.prepare<[], { n: number }>(
      'SELECT count(*) AS n FROM images WHERE missing_since IS NOT NULL',
    ),
    imagesOf: raw.prepare<[string], ImageRow<TaskImage>>(
      `SELECT tasks.id AS taskId, task_images.n AS n, ${IMAGE}
       FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value
         CROSS JOIN task_images USING (position) JOIN images USING (sha256)
       WHERE images.missing_since IS NULL
       ORDER BY asked.key, task_images.n`,
    ),
    archivedCount: raw.prepare<[], { n: number; bytes: number }>(
      'SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM images WHERE missing_since IS NULL',
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
      `SELECT tasks.id AS taskId, n, attempts, due_at AS dueAtMs, last_error AS error
       FROM task_images CROSS JOIN tasks USING (position)
       WHERE last_error IS NOT NULL ORDER BY due_at IS NULL, due_at DESC LIMIT ?`,
    ),
  };
}
