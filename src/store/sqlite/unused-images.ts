/** Images that no task has; see the contract. */
import type { UnusedImageStore as Contract, UnusedImage } from '../contract/unused-images.ts';
import { runInTransaction, runWithoutSync, type Sqlite } from './database.ts';
import type { Synchronous } from './synchronous.ts';

export interface UnusedImages extends Synchronous<Contract> {
  /** Inside the caller's transaction: no task has it any more. */
  add(image: UnusedImage, nowMs: number): void;
  /** Inside the caller's transaction: a task has it. */
  drop(sha256: string): void;
}

export function createUnusedImages(db: Sqlite): UnusedImages {
  const { raw } = db;
  const statements = {
    // A lease that has expired is of a removal that failed.
    reserve: raw.prepare<{ sha256: string; mediaType: string; nowMs: number }>(
      `INSERT INTO unused_images (sha256, media_type, since) VALUES (:sha256, :mediaType, :nowMs)
       ON CONFLICT DO UPDATE SET since = :nowMs, removing_until = 0 WHERE removing_until <= :nowMs`,
    ),
    dropUsed: raw.prepare<[number]>(
      'DELETE FROM unused_images WHERE since <= ? AND sha256 IN (SELECT sha256 FROM images)',
    ),
    isDue: raw.prepare<[number, number], unknown>(
      'SELECT 1 FROM unused_images WHERE since <= ? AND removing_until <= ? LIMIT 1',
    ),
    due: raw.prepare<[number, number, number], UnusedImage>(
      `SELECT sha256, media_type AS mediaType FROM unused_images WHERE since <= ? AND removing_until <= ?
       ORDER BY since LIMIT ?`,
    ),
    lease: raw.prepare<[number, string]>('UPDATE unused_images SET removing_until = ? WHERE sha256 = ?'),
    drop: raw.prepare<[string]>('DELETE FROM unused_images WHERE sha256 = ?'),
    discard: raw.prepare<[string]>('DELETE FROM unused_images WHERE sha256 = ? AND removing_until > 0'),
  };

  return {
    add: ({ sha256, mediaType }, nowMs) => {
      statements.reserve.run({ sha256, mediaType, nowMs });
    },
    drop: (sha256) => {
      statements.drop.run(sha256);
    },
    // Lost with the power, it leaves bytes that no task has; a sync of the disk would take longer than the rest of it.
    reserveImage: ({ sha256, mediaType }, nowMs) =>
      runWithoutSync(db, () => statements.reserve.run({ sha256, mediaType, nowMs }).changes > 0),
    claimUnusedImages: ({ nowMs, unusedBeforeMs, limit, leaseMs }) => {
      // Polled, almost always without a result: that must not wait for a writer.
      if (statements.isDue.get(unusedBeforeMs, nowMs) === undefined) return [];
      return runInTransaction(db, () => {
        statements.dropUsed.run(unusedBeforeMs);
        const claimed = statements.due.all(unusedBeforeMs, nowMs, limit);
        for (const { sha256 } of claimed) statements.lease.run(nowMs + leaseMs, sha256);
        return claimed;
      });
    },
    discardUnusedImages: (sha256s) => {
      runInTransaction(db, () => {
        for (const sha256 of sha256s) statements.discard.run(sha256);
      });
    },
  };
}
