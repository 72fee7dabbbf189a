/** Images that no task has; see the contract. */
import type { ArchivedImage } from '../../contract/images.ts';
import type { UnusedImage, UnusedImageStore } from '../../contract/unused-images.ts';
import { numberParams } from '../conditions.ts';
import type { Postgres, Queryable } from '../database.ts';
import { buildRows } from '../rows.ts';
import { runInTransaction } from '../transaction.ts';

export function createUnusedImages(db: Postgres): UnusedImageStore {
  return {
    reserveImage: async (image, nowMs) => {
      const changed = await runInTransaction(db, { isRepeatable: true, isSilent: true }, (tx) =>
        addUnusedImages(tx, [image], nowMs),
      );
      return changed > 0;
    },
    claimUnusedImages: async ({ nowMs, unusedBeforeMs, limit, leaseMs }) => {
      // Polled, almost always without a result: no transaction for that.
      const due = await db.read(
        'SELECT 1 FROM unused_images WHERE since <= $1 AND removing_until <= $2 LIMIT 1',
        [unusedBeforeMs, nowMs],
      );
      if (due.length === 0) return [];
      return runInTransaction(db, { isSilent: true }, async (tx) => {
        await tx.execute(
          'DELETE FROM unused_images USING images WHERE since <= $1 AND images.sha256 = unused_images.sha256',
          [unusedBeforeMs],
        );
        const claimed = await tx.query<UnusedImage & { since: number }>(
          `WITH due AS MATERIALIZED (
             SELECT sha256 FROM unused_images WHERE since <= $1 AND removing_until <= $2
             ORDER BY since, sha256 LIMIT $3 FOR UPDATE SKIP LOCKED)
           UPDATE unused_images SET removing_until = $4 FROM due WHERE unused_images.sha256 = due.sha256
           RETURNING unused_images.sha256 AS sha256, media_type AS "mediaType", since`,
          [unusedBeforeMs, nowMs, limit, nowMs + leaseMs],
        );
        return claimed.sort((a, b) => a.since - b.since).map(({ since: _, ...image }): UnusedImage => image);
      });
    },
    discardUnusedImages: async (sha256s) => {
      await runInTransaction(db, { isRepeatable: true, isSilent: true }, (tx) =>
        tx.execute('DELETE FROM unused_images WHERE sha256 = ANY($1::text[]) AND removing_until > 0', [
          sha256s,
        ]),
      );
    },
  };
}

/**
 * Their bytes may be stored, and no task has them.
 * @returns how many there are; not those whose bytes are being removed. A lease that has expired is of a removal that failed.
 */
export async function addUnusedImages(
  tx: Queryable,
  images: readonly UnusedImage[],
  nowMs: number,
): Promise<number> {
  if (images.length === 0) return 0;
  const { sql, params } = buildRows(
    'unused',
    {
      sha256: ['text', ({ sha256 }) => sha256],
      media_type: ['text', ({ mediaType }) => mediaType],
      since: ['bigint', () => nowMs],
    },
    images,
  );
  return tx.execute(
    numberParams(
      `INSERT INTO unused_images (sha256, media_type, since) SELECT sha256, media_type, since FROM ${sql} ORDER BY sha256
       ON CONFLICT (sha256) DO UPDATE SET since = excluded.since, removing_until = 0
       WHERE unused_images.removing_until <= excluded.since`,
    ),
    params,
  );
}

/** A task has it. */
export async function dropUnusedImage(tx: Queryable, { sha256 }: ArchivedImage): Promise<void> {
  await tx.execute('DELETE FROM unused_images WHERE sha256 = $1', [sha256]);
}
