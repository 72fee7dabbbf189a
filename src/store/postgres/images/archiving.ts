/** Records what became of images: archived, failed, missing, found again. */
import { encodeRatio } from '../../../task/ratio.ts';
import type { ImageChange } from '../../contract/changes.ts';
import type { ArchivedImage, ImageStore, WantedImage } from '../../contract/images.ts';
import type { Postgres, Queryable } from '../database.ts';
import { lockNames, runInTransaction } from '../transaction.ts';
import { nameImageLock } from './queue.ts';
import { dropUnusedImage } from './unused.ts';

/** Shown as the reason why it is to be fetched. */
const MISSING = 'its file is missing or damaged';

/** An image of a stored task, with its owner. */
interface PresentImage {
  readonly task: number;
  readonly sha256: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
}

type Wanted = Pick<WantedImage, 'taskId' | 'n'>;

export function createImageArchiving(
  db: Postgres,
  onChange: (change: ImageChange) => void,
): Pick<ImageStore, 'archiveImage' | 'failImage' | 'recordMissingImages' | 'recordFoundImages'> {
  const announce = (
    { taskId, n }: Wanted,
    { userId, applicationId }: PresentImage,
    sha256?: string,
  ): void => {
    const owner = { userId: userId ?? undefined, applicationId: applicationId ?? undefined };
    onChange({ kind: 'image', taskId, n, sha256, owner });
  };

  return {
    archiveImage: async (wanted, image, nowMs) => {
      const ids = [wanted.taskId];
      const found = await runInTransaction(db, { ids, isRepeatable: true }, async (tx) => {
        const present = await readPresent(tx, wanted);
        if (!present) return undefined;
        await archive(tx, { present, n: wanted.n, image, nowMs });
        return present;
      });
      if (found) announce(wanted, found, image.sha256);
      return found !== undefined;
    },
    failImage: async (wanted, { dueAtMs, error }) => {
      const found = await runInTransaction(db, { ids: [wanted.taskId] }, async (tx) => {
        const present = await readPresent(tx, wanted);
        if (present) {
          await tx.execute(
            `UPDATE task_images SET due_at = $3, attempts = attempts + 1, last_error = $4 WHERE task = $1 AND n = $2`,
            [present.task, wanted.n, dueAtMs ?? null, error],
          );
        }
        return present;
      });
      if (found) announce(wanted, found);
    },
    recordMissingImages: (sha256s, nowMs) =>
      runInTransaction(db, { names: sha256s.map(nameImageLock), isRepeatable: true }, async (tx) => {
        const rows = await tx.query<{ sha256: string }>(
          'UPDATE images SET missing_since = $2 WHERE sha256 = ANY($1::text[]) AND missing_since IS NULL RETURNING sha256',
          [sha256s, nowMs],
        );
        await tx.execute(
          'UPDATE task_images SET due_at = $2, attempts = 0, last_error = $3 WHERE sha256 = ANY($1::text[])',
          [rows.map(({ sha256 }) => sha256), nowMs, MISSING],
        );
        return rows.length;
      }),
    recordFoundImages: async (sha256s) => {
      await runInTransaction(db, { names: sha256s.map(nameImageLock), isRepeatable: true }, (tx) =>
        recordFound(tx, sha256s),
      );
    },
  };
}

async function readPresent(tx: Queryable, { taskId, n }: Wanted): Promise<PresentImage | undefined> {
  const [present] = await tx.query<PresentImage>(
    `SELECT task, sha256, user_id AS "userId", application_id AS "applicationId"
     FROM tasks JOIN task_images ON task_images.task = tasks.arrival WHERE tasks.id = $1 AND task_images.n = $2`,
    [taskId, n],
  );
  return present;
}

interface Archiving {
  readonly present: PresentImage;
  readonly n: number;
  readonly image: ArchivedImage;
  readonly nowMs: number;
}

async function archive(tx: Queryable, { present, n, image, nowMs }: Archiving): Promise<void> {
  const { sha256, mediaType, bytes, width = null, height = null, thumbhash } = image;
  const replaced = present.sha256 ?? undefined;
  await lockNames(tx, [sha256, ...(replaced === undefined ? [] : [replaced])].map(nameImageLock));
  const ratio = width === null || height === null ? null : encodeRatio(width, height);
  await tx.execute(
    `UPDATE task_images SET sha256 = $3, ratio = $4, due_at = NULL, last_error = NULL WHERE task = $1 AND n = $2`,
    [present.task, n, sha256, ratio],
  );
  await tx.execute(
    `INSERT INTO images (sha256, media_type, bytes, width, height, thumbhash, archived_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [sha256, mediaType, bytes, width, height, thumbhash ? Buffer.from(thumbhash) : null, nowMs],
  );
  await dropUnusedImage(tx, image);
  await recordFound(tx, [sha256]);
  // The host may have other bytes now; nobody will look for the old ones any more.
  if (replaced === undefined) return;
  await tx.execute(
    `DELETE FROM images WHERE sha256 = $1 AND missing_since IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM task_images WHERE task_images.sha256 = images.sha256)`,
    [replaced],
  );
}

/** Other tasks with the same images need not fetch them any more either. */
async function recordFound(tx: Queryable, sha256s: readonly string[]): Promise<void> {
  await tx.execute(
    `WITH found AS (
       UPDATE images SET missing_since = NULL WHERE sha256 = ANY($1::text[]) AND missing_since IS NOT NULL RETURNING sha256)
     UPDATE task_images SET due_at = NULL, last_error = NULL FROM found WHERE task_images.sha256 = found.sha256`,
    [sha256s],
  );
}
