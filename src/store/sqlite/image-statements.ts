/** The statements of the archived and wanted images. */
import type { TaskId } from '../../task/id.ts';
import type { TaskImage } from '../contract/images.ts';
import type { Sqlite } from './database.ts';
import { IMAGE, type ImageRow, KNOWN_IMAGE, type KnownImageRow } from './image-rows.ts';
import { defineRatioFunction } from './ratio-function.ts';

/** Selects an image's row by its task id and index. */
const BY_TASK_AND_N = 'position = (SELECT position FROM tasks WHERE id = ?) AND n = ?';
/** Due images that are compared for their order. */
const MAX_SORTED = 20_000;
const PAGE_SIZE = 500;

interface ClaimedRow {
  position: number;
  document: string;
  taskId: TaskId;
  n: number;
  attempts: number;
  addedAtMs: number;
}

/** The ratio of an archived image of a task, from its pixels; null for a video of an unknown size. */
const RATIO = `(SELECT encode_ratio(images.width, images.height) FROM images
  WHERE images.sha256 = task_images.sha256 AND images.width IS NOT NULL AND images.height IS NOT NULL)`;

export function prepareImageStatements(db: Sqlite) {
  defineRatioFunction(db);
  const { raw } = db;
  return {
    enqueue: raw.prepare<[number, number, number, number, Buffer]>(
      `INSERT INTO task_images (position, n, added_at, due_at, link_hash) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET link_hash = excluded.link_hash WHERE link_hash IS NOT excluded.link_hash`,
    ),
    forgetBeyond: raw.prepare<[number, number]>('DELETE FROM task_images WHERE position = ? AND n >= ?'),
    discardQueuedInputs: raw.prepare<[]>(
      'DELETE FROM task_images WHERE due_at IS NOT NULL AND n < 0 AND sha256 IS NULL',
    ),
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
    dueCount: raw.prepare<[number, number], { n: number }>(
      'SELECT count(*) AS n FROM (SELECT 1 FROM task_images WHERE due_at <= ? LIMIT ?)',
    ),
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
    deriveRatio: raw.prepare<[number]>(
      `UPDATE task_images SET ratio = ${RATIO}
       WHERE position = CAST(? AS INTEGER) AND sha256 IS NOT NULL AND ratio IS NOT ${RATIO}`,
    ),
    deriveAllRatios: raw.prepare<[]>(`UPDATE task_images SET ratio = ${RATIO} WHERE ratio IS NOT ${RATIO}`),
    archived: raw.prepare<[string, number | null, string, number]>(
      `UPDATE task_images SET sha256 = ?, ratio = ?, due_at = NULL, last_error = NULL WHERE ${BY_TASK_AND_N}`,
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
    newestImages: raw.prepare<[number, number], ImageRow & { position: number; n: number }>(
      `SELECT task_images.position AS position, task_images.n AS n, ${IMAGE}
       FROM task_images CROSS JOIN images USING (sha256)
       WHERE (task_images.position, task_images.n) < (?, ?) AND images.missing_since IS NULL
       ORDER BY task_images.position DESC, task_images.n DESC LIMIT ${PAGE_SIZE}`,
    ),
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
       WHERE images.missing_since IS NULL AND task_images.n >= 0
       ORDER BY asked.key, task_images.n`,
    ),
    inputImagesOf: raw.prepare<[string], ImageRow<TaskImage>>(
      `SELECT tasks.id AS taskId, task_images.n AS n, ${IMAGE}
       FROM tasks CROSS JOIN task_images USING (position) JOIN images USING (sha256)
       WHERE tasks.id = ? AND task_images.n < 0 AND images.missing_since IS NULL
       ORDER BY task_images.n DESC`,
    ),
    ratiosOf: raw.prepare<[string], [TaskId, number]>(
      `SELECT tasks.id, task_images.ratio
       FROM json_each(?) AS asked CROSS JOIN tasks ON tasks.id = asked.value CROSS JOIN task_images USING (position)
       WHERE task_images.n = 0 AND task_images.ratio IS NOT NULL`,
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
  };
}
