/** Queues the images of tasks, in the transaction that stores or removes these. */
import type { ImageLinks } from '../../../task/document.ts';
import { numberInput } from '../../../task/image-number.ts';
import type { ArchivedImage } from '../../contract/images.ts';
import type { UnusedImage } from '../../contract/unused-images.ts';
import { hashLink } from '../../rules/link-hash.ts';
import { numberParams } from '../conditions.ts';
import type { Postgres, Queryable } from '../database.ts';
import { buildRows } from '../rows.ts';
import { lockNames, runInTransaction } from '../transaction.ts';
import { IMAGE, type ImageRow, mapImage } from './image-rows.ts';
import { addUnusedImages } from './unused.ts';

/** A succeeded task. */
export interface QueuedTask {
  /** `arrival` of its row. */
  readonly key: number;
  readonly links: ImageLinks;
  /** When its images are due. */
  readonly nowMs: number;
}

/**
 * Queues the artifacts and the input images of succeeded tasks, and records their links. Those that are known are not queued again.
 * @param archivesInputs whether input images are queued
 */
export async function enqueueImages(
  tx: Queryable,
  tasks: readonly QueuedTask[],
  archivesInputs: boolean,
): Promise<void> {
  const links = tasks.flatMap(({ key, links: { artifactLinks, inputLinks }, nowMs }) => [
    ...artifactLinks.map((link, n) => ({ key, n, link, nowMs })),
    ...(archivesInputs ? inputLinks : []).map((link, index) => ({
      ...{ key, link, nowMs },
      n: numberInput(index),
    })),
  ]);
  if (links.length === 0) return;
  const { sql, params } = buildRows(
    'queued',
    {
      task: ['bigint', ({ key }) => key],
      n: ['bigint', ({ n }) => n],
      due_at: ['bigint', ({ nowMs }) => nowMs],
      link_hash: ['bytea', ({ link }) => hashLink(link)],
    },
    links,
  );
  await tx.execute(
    numberParams(
      `INSERT INTO task_images (task, n, added_at, due_at, link_hash)
       SELECT task, n, due_at, due_at, link_hash FROM ${sql} ORDER BY task, n
       ON CONFLICT (task, n) DO UPDATE SET link_hash = excluded.link_hash
       WHERE task_images.link_hash <> excluded.link_hash`,
    ),
    params,
  );
}

/** Discards the input images that wait to be fetched. */
export async function discardQueuedInputs(db: Postgres): Promise<void> {
  await runInTransaction(db, { isRepeatable: true }, (tx) =>
    tx.execute('DELETE FROM task_images WHERE due_at IS NOT NULL AND n < 0 AND sha256 IS NULL'),
  );
}

/** Queues all images of tasks again, which were considered finished too early; archived ones stay until they are replaced. */
export async function requeueImages(tx: Queryable, tasks: readonly QueuedTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const { sql, params } = buildRows(
    'again',
    {
      task: ['bigint', ({ key }) => key],
      count: ['bigint', ({ links }) => links.artifactLinks.length],
      due_at: ['bigint', ({ nowMs }) => nowMs],
    },
    tasks,
  );
  await tx.execute(
    numberParams(
      `DELETE FROM task_images USING ${sql} WHERE task_images.task = again.task AND task_images.n >= again.count`,
    ),
    params,
  );
  await tx.execute(
    numberParams(
      `UPDATE task_images SET due_at = again.due_at, attempts = 0, last_error = NULL FROM ${sql}
       WHERE task_images.task = again.task`,
    ),
    params,
  );
}

/** An archived image of a task. */
export interface UsedImage {
  readonly task: number;
  readonly image: ArchivedImage;
}

/**
 * The archived images of tasks that are to be removed. Their hashes are locked: no other task may get one of them before it is known whether
 * it goes.
 */
export async function lockImagesOf(tx: Queryable, tasks: readonly number[]): Promise<UsedImage[]> {
  const select = `SELECT DISTINCT task_images.task AS task, ${IMAGE}
    FROM task_images JOIN images ON images.sha256 = task_images.sha256 WHERE task_images.task = ANY($1::bigint[])`;
  const before = await tx.query<ImageRow>(select, [tasks]);
  if (before.length === 0) return [];
  await lockNames(
    tx,
    before.map(({ sha256 }) => nameImageLock(sha256)),
  );
  const rows = await tx.query<ImageRow & { task: number }>(select, [tasks]);
  return rows.map(({ task, ...row }) => ({ task, image: mapImage(row) }));
}

/** The lock that whoever gives an image to a task, or takes it away, holds until the end of the transaction. */
export function nameImageLock(sha256: string): string {
  return `image ${sha256}`;
}

/** Removes those that no task has any more; their bytes are to be removed later. @returns their hashes */
export async function removeUnusedImages(
  tx: Queryable,
  sha256s: readonly string[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  if (sha256s.length === 0) return new Set();
  const rows = await tx.query<UnusedImage>(
    `DELETE FROM images WHERE sha256 = ANY($1::text[])
       AND NOT EXISTS (SELECT 1 FROM task_images WHERE task_images.sha256 = images.sha256)
     RETURNING sha256, media_type AS "mediaType"`,
    [sha256s],
  );
  await addUnusedImages(tx, rows, nowMs);
  return new Set(rows.map(({ sha256 }) => sha256));
}
