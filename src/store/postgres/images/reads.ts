/** Reads of archived and failing images. */

import type { TaskId } from '../../../task/id.ts';
import { getInputIndex } from '../../../task/image-number.ts';
import type { FailingImage, ImageStats, ImageStore, TaskImage } from '../../contract/images.ts';
import { buildWhereClause, collectParams, numberParams } from '../conditions.ts';
import type { Postgres } from '../database.ts';
import { buildLimitConditions } from '../filter-sql.ts';
import {
  IMAGE,
  type ImageRow,
  KNOWN_IMAGE,
  type KnownImageRow,
  mapImage,
  mapKnownImage,
} from './image-rows.ts';

const PAGE_SIZE = 500;
const MAX_REASONS = 20;
const BEFORE_THE_NEWEST = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 0];

type TaskImageRow = ImageRow & { readonly taskId: TaskId; readonly n: number };

export function createImageReads(
  db: Postgres,
): Omit<
  ImageStore,
  | 'claimImages'
  | 'countDueImages'
  | 'deferImages'
  | 'archiveImage'
  | 'failImage'
  | 'recordMissingImages'
  | 'recordFoundImages'
> {
  return {
    image: async (sha256, within) => {
      const conditions = buildLimitConditions(within, 'tasks');
      const ofVisible = [{ sql: 'task_images.sha256 = images.sha256', params: [] }, ...conditions];
      const isVisible = `AND EXISTS (SELECT 1 FROM task_images JOIN tasks ON tasks.arrival = task_images.task
        ${buildWhereClause(ofVisible)})`;
      const [row] = await db.read<KnownImageRow>(
        numberParams(
          `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 = ? ${conditions.length === 0 ? '' : isVisible}`,
        ),
        [sha256, ...collectParams(conditions)],
      );
      return row && mapKnownImage(row);
    },
    newestImages: async (after) => {
      const rows = await db.read<ImageRow & { createdAt: number; arrival: number; n: number }>(
        `SELECT tasks.created_at AS "createdAt", tasks.arrival AS arrival, task_images.n AS n, ${IMAGE}
         FROM tasks JOIN task_images ON task_images.task = tasks.arrival JOIN images ON images.sha256 = task_images.sha256
         WHERE (tasks.created_at, tasks.arrival, task_images.n) < ($1::bigint, $2::bigint, $3::bigint)
           AND images.missing_since IS NULL
         ORDER BY tasks.created_at DESC, tasks.arrival DESC, task_images.n DESC LIMIT ${PAGE_SIZE}`,
        [...(after?.place ?? BEFORE_THE_NEWEST)],
      );
      const last = rows.at(-1);
      return {
        images: rows.map(({ createdAt: _, arrival: __, n: ___, ...row }) => mapImage(row)),
        next: last && { place: [last.createdAt, last.arrival, last.n] },
      };
    },
    archivedImages: async (after) => {
      const rows = await db.read<KnownImageRow>(
        `SELECT ${KNOWN_IMAGE} FROM images WHERE sha256 > $1 ORDER BY sha256 LIMIT ${PAGE_SIZE}`,
        [after],
      );
      return rows.map(mapKnownImage);
    },
    countMissingImages: async () => {
      const [row] = await db.read<{ n: number }>(
        'SELECT count(*) AS n FROM images WHERE missing_since IS NOT NULL',
      );
      return row?.n ?? 0;
    },
    imagesOf: async (ids) => {
      const rows = await db.read<TaskImageRow>(
        `SELECT tasks.id AS "taskId", task_images.n AS n, ${IMAGE}
         FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, position) JOIN tasks ON tasks.id = asked.id
           JOIN task_images ON task_images.task = tasks.arrival JOIN images ON images.sha256 = task_images.sha256
         WHERE images.missing_since IS NULL AND task_images.n >= 0 ORDER BY asked.position, task_images.n`,
        [ids],
      );
      return rows.map((row): TaskImage => mapImage(row));
    },
    inputImagesOf: async (id) => {
      const rows = await db.read<TaskImageRow>(
        `SELECT tasks.id AS "taskId", task_images.n AS n, ${IMAGE}
         FROM tasks JOIN task_images ON task_images.task = tasks.arrival JOIN images ON images.sha256 = task_images.sha256
         WHERE tasks.id = $1 AND task_images.n < 0 AND images.missing_since IS NULL ORDER BY task_images.n DESC`,
        [id],
      );
      return rows.map((row): TaskImage => ({ ...mapImage(row), n: getInputIndex(row.n) ?? 0 }));
    },
    ratiosOf: async (ids) => {
      const rows = await db.read<{ id: TaskId; ratio: number }>(
        `SELECT tasks.id AS id, ratio FROM tasks JOIN task_images ON task_images.task = tasks.arrival
         WHERE tasks.id = ANY($1::text[]) AND task_images.n = 0 AND ratio IS NOT NULL`,
        [ids],
      );
      return new Map(rows.map(({ id, ratio }) => [id, ratio]));
    },
    imageStats: async (): Promise<ImageStats> => {
      const [counts] = await db.read<Omit<ImageStats, 'reasons'>>(
        `SELECT archived, bytes, wanted, "givenUp" FROM
           (SELECT count(*) AS archived, coalesce(sum(bytes), 0)::bigint AS bytes FROM images WHERE missing_since IS NULL) AS i,
           (SELECT count(*) AS wanted FROM task_images WHERE due_at IS NOT NULL) AS w,
           (SELECT count(*) AS "givenUp" FROM task_images WHERE last_error IS NOT NULL AND due_at IS NULL) AS g`,
      );
      const reasons = await db.read<ImageStats['reasons'][number]>(
        `SELECT last_error AS error, count(*) AS count FROM task_images WHERE last_error IS NOT NULL
         GROUP BY last_error ORDER BY count(*) DESC, last_error LIMIT ${MAX_REASONS}`,
      );
      return { archived: 0, bytes: 0, wanted: 0, givenUp: 0, ...counts, reasons };
    },
    failingImages: async (limit, within) => {
      const conditions = [
        { sql: 'last_error IS NOT NULL', params: [] },
        ...buildLimitConditions(within, 'tasks'),
      ];
      const rows = await db.read<Omit<FailingImage, 'dueAtMs'> & { dueAtMs: number | null }>(
        numberParams(
          `SELECT tasks.id AS "taskId", n, attempts, due_at AS "dueAtMs", last_error AS error
           FROM task_images JOIN tasks ON tasks.arrival = task_images.task ${buildWhereClause(conditions)}
           ORDER BY due_at DESC NULLS LAST LIMIT ?::bigint`,
        ),
        [...collectParams(conditions), limit],
      );
      return rows.map(({ dueAtMs, ...row }): FailingImage => ({ ...row, dueAtMs: dueAtMs ?? undefined }));
    },
  };
}
