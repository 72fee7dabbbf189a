/** Images that are due to be fetched: claimed by one process at a time, and put off. */
import { tryParseJson } from '../../../lib/parse-json.ts';
import { findArtifact } from '../../../task/image-number.ts';
import { isObject, type JsonObject } from '../../../task/json-object.ts';
import type { ImageStore, WantedImage } from '../../contract/images.ts';
import { numberParams } from '../conditions.ts';
import type { Postgres } from '../database.ts';
import { buildRows } from '../rows.ts';
import { runInTransaction } from '../transaction.ts';

type ClaimedRow = Omit<WantedImage, 'artifact'> & { readonly task: number; readonly document: string };

/** Both halves of the index `task_images_due`. */
const IS_DUE = '(attempts > 0) IN (false, true) AND due_at <= $1';

export function createImageClaims(
  db: Postgres,
): Pick<ImageStore, 'claimImages' | 'countDueImages' | 'deferImages'> {
  return {
    claimImages: async ({ nowMs, dueBeforeMs = nowMs, limit, leaseMs }) => {
      // Polled every second, almost always without a result: no transaction for that.
      const due = await db.read(`SELECT 1 FROM task_images WHERE ${IS_DUE} LIMIT 1`, [dueBeforeMs]);
      if (due.length === 0) return [];
      return runInTransaction(db, { isSilent: true }, async (tx) => {
        const rows = await tx.query<ClaimedRow>(
          `WITH due AS MATERIALIZED (
             SELECT task, n, attempts, added_at, due_at FROM task_images WHERE due_at <= $1
             ORDER BY (attempts > 0), due_at DESC LIMIT $2 FOR UPDATE SKIP LOCKED)
           SELECT due.task AS task, n, attempts, added_at AS "addedAtMs", tasks.id AS "taskId", tasks.document AS document
           FROM due JOIN tasks ON tasks.arrival = due.task ORDER BY attempts > 0, due_at DESC`,
          [dueBeforeMs, limit],
        );
        const claimed = rows.map(({ task, document, ...row }) => {
          const artifact = findArtifact(readObject(document), row.n);
          const until = nowMs + leaseMs(artifact?.kind ?? 'images');
          return { task, until, wanted: { ...row, artifact } };
        });
        const leases = buildRows(
          'lease',
          {
            task: ['bigint', ({ task }) => task],
            n: ['bigint', ({ wanted }) => wanted.n],
            until: ['bigint', ({ until }) => until],
          },
          claimed,
        );
        await tx.execute(
          numberParams(
            `UPDATE task_images SET due_at = lease.until FROM ${leases.sql}
             WHERE task_images.task = lease.task AND task_images.n = lease.n`,
          ),
          leases.params,
        );
        return claimed.map(({ wanted }): WantedImage => wanted);
      });
    },
    countDueImages: async ({ nowMs, limit }) => {
      const [row] = await db.read<{ n: number }>(
        `SELECT count(*) AS n FROM (SELECT 1 FROM task_images WHERE ${IS_DUE} LIMIT $2::bigint) AS due`,
        [nowMs, limit],
      );
      return row?.n ?? 0;
    },
    deferImages: async (images, { dueAtMs, error }) => {
      if (images.length === 0) return;
      const ids = images.map(({ taskId }) => taskId);
      const { sql, params } = buildRows(
        'deferred',
        { id: ['text', ({ taskId }) => taskId], n: ['bigint', ({ n }) => n] },
        images,
      );
      await runInTransaction(db, { ids, isRepeatable: true, isSilent: true }, (tx) =>
        tx.execute(
          numberParams(
            `UPDATE task_images SET due_at = ?::bigint, last_error = coalesce(?::text, last_error)
             FROM ${sql} JOIN tasks ON tasks.id = deferred.id
             WHERE task_images.task = tasks.arrival AND task_images.n = deferred.n AND task_images.due_at IS NOT NULL`,
          ),
          [dueAtMs, error ?? null, ...params],
        ),
      );
    },
  };
}

/** A document that is no longer readable has no images, and must not keep others from being fetched. */
function readObject(text: string): JsonObject {
  const value = tryParseJson(text);
  return isObject(value) ? value : {};
}
