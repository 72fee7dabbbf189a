/** Which images of which tasks are archived, queued, or given up. The files themselves belong to the archive. */

import { tryParseJson } from '../../lib/parse-json.ts';
import type { ImageLinks } from '../../task/document.ts';
import { findArtifact, getInputIndex, numberInput } from '../../task/image-number.ts';
import { isObject, type JsonObject } from '../../task/json-object.ts';
import { encodeRatio } from '../../task/ratio.ts';
import type { ImageChange } from '../contract/changes.ts';
import type {
  ArchivedImage,
  ImageStore as Contract,
  FailingImage,
  ImageStats,
  KnownImage,
  WantedImage,
} from '../contract/images.ts';
import { hashLink } from '../rules/link-hash.ts';
import { runInTransaction, type Sqlite } from './database.ts';
import { buildLimitConditions, buildWhereClause, collectParams } from './filter-sql.ts';
import { KNOWN_IMAGE, type KnownImageRow, mapImage, mapKnownImage } from './image-rows.ts';
import { prepareImageStatements } from './image-statements.ts';
import type { Synchronous } from './synchronous.ts';
import { createOwnerReader } from './task-owner.ts';
import { createUnusedImages, type UnusedImages } from './unused-images.ts';

export interface ImageStore extends Synchronous<Contract> {
  /**
   * Inside the caller's transaction: queues the artifacts and the input images of the succeeded task at this position, and records
   * their links. Those that are known are not queued again.
   */
  enqueueImages(position: number, task: ImageLinks, nowMs: number): void;
  /** Inside the caller's transaction: queues the task's images again; archived ones stay until they are replaced. */
  requeueAll(position: number, count: number, nowMs: number): void;
  /**
   * Inside the caller's transaction: reads the ratios of the archived images again from their pixels.
   * @param position of the task; without it, of all
   */
  deriveRatios(position?: number): void;
  /** Discards the input images that wait to be fetched. */
  discardQueuedInputs(): void;
  /** Inside the caller's transaction: the task has moved to another position. */
  move(from: number, to: number): void;
  /** Inside the caller's transaction: removes a task's images. @returns the images that no task has any more */
  release(position: number, nowMs: number): ArchivedImage[];
}

export interface ImageStoreOptions {
  /** Called after each change of an image. */
  readonly onChange?: (change: ImageChange) => void;
  /** Whether input images are queued; default: true. */
  readonly archivesInputs?: boolean;
  readonly unused?: UnusedImages;
}

const MAX_REASONS = 20;
const BEFORE_THE_NEWEST = { place: [Number.MAX_SAFE_INTEGER, 0] };
/** Shown as the reason why it is to be fetched. */
const MISSING = 'its file is missing or damaged';

export function createImageStore(
  db: Sqlite,
  {
    onChange = () => undefined,
    archivesInputs = true,
    unused = createUnusedImages(db),
  }: ImageStoreOptions = {},
): ImageStore {
  const statements = prepareImageStatements(db);
  const readOwner = createOwnerReader(db);
  const announce = ({ taskId, n }: Pick<WantedImage, 'taskId' | 'n'>, sha256?: string) =>
    onChange({ kind: 'image', taskId, n, sha256, owner: readOwner(taskId) });

  /** Inside a transaction. Other tasks with the same image need not fetch it any more either. */
  const recordFound = (sha256: string): void => {
    if (statements.found.run(sha256).changes > 0) statements.fetchNoMore.run(sha256);
  };

  return {
    enqueueImages: (position, { artifactLinks, inputLinks }, nowMs) => {
      const enqueue = (n: number, link: string) =>
        statements.enqueue.run(position, n, nowMs, nowMs, hashLink(link));
      for (const [n, link] of artifactLinks.entries()) enqueue(n, link);
      if (!archivesInputs) return;
      for (const [index, link] of inputLinks.entries()) enqueue(numberInput(index), link);
    },
    discardQueuedInputs: () => {
      statements.discardQueuedInputs.run();
    },
    requeueAll: (position, count, nowMs) => {
      statements.forgetBeyond.run(position, count);
      statements.requeueAll.run(nowMs, position);
    },
    deriveRatios: (position) => {
      if (position === undefined) statements.deriveAllRatios.run();
      else statements.deriveRatio.run(position);
    },
    move: (from, to) => {
      statements.move.run(to, from);
    },
    release: (position, nowMs) => {
      const used = statements.ofTask.all(position).map(mapImage);
      statements.forget.run(position);
      const orphans = used.filter(({ sha256 }) => statements.isUsed.get(sha256) === undefined);
      for (const orphan of orphans) {
        statements.remove.run(orphan.sha256);
        unused.add(orphan, nowMs);
      }
      return orphans;
    },
    claimImages: ({ nowMs, dueBeforeMs = nowMs, limit, leaseMs }) => {
      // Polled every second, almost always without a result: that must not wait for a writer.
      if (statements.isDue.get(dueBeforeMs) === undefined) return [];
      return runInTransaction(db, () =>
        statements.due.all(dueBeforeMs, limit).map(({ position, document, ...row }): WantedImage => {
          const artifact = findArtifact(readObject(document), row.n);
          statements.lease.run(nowMs + leaseMs(artifact?.kind ?? 'images'), position, row.n);
          return { ...row, artifact };
        }),
      );
    },
    countDueImages: ({ nowMs, limit }) => statements.dueCount.get(nowMs, limit)?.n ?? 0,
    archiveImage: ({ taskId, n }, image, nowMs) => {
      const isWanted = runInTransaction(db, () => {
        const replaced = statements.hashOf.get(taskId, n)?.sha256;
        const { width = null, height = null, thumbhash = null } = image;
        const ratio = width === null || height === null ? null : encodeRatio(width, height);
        if (statements.archived.run(image.sha256, ratio, taskId, n).changes === 0) return false;
        statements.insert.run({ ...image, width, height, thumbhash, nowMs });
        unused.drop(image.sha256);
        recordFound(image.sha256);
        // The host may have other bytes now; nobody will look for the old ones any more.
        if (replaced != null) statements.removeMissing.run(replaced, replaced);
        return true;
      });
      if (isWanted) announce({ taskId, n }, image.sha256);
      return isWanted;
    },
    failImage: ({ taskId, n }, { dueAtMs, error }) => {
      if (statements.failed.run(dueAtMs ?? null, error, taskId, n).changes > 0) announce({ taskId, n });
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
    newestImages: ({ place: [position = 0, n = 0] } = BEFORE_THE_NEWEST) => {
      const rows = statements.newestImages.all(position, n);
      const last = rows.at(-1);
      return {
        images: rows.map(({ position: _, n: __, ...row }) => mapImage(row)),
        next: last && { place: [last.position, last.n] },
      };
    },
    archivedImages: (after) => statements.archivedImages.all(after).map(mapKnownImage),
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
    inputImagesOf: (id) =>
      statements.inputImagesOf
        .all(id)
        .map(({ n, ...row }) => ({ ...mapImage(row), n: getInputIndex(n) ?? 0 })),
    ratiosOf: (ids) => new Map(statements.ratiosOf.raw().all(JSON.stringify(ids))),
    imageStats: (): ImageStats => ({
      archived: statements.archivedCount.get()?.n ?? 0,
      bytes: statements.archivedCount.get()?.bytes ?? 0,
      wanted: statements.wantedCount.get()?.n ?? 0,
      givenUp: statements.givenUpCount.get()?.n ?? 0,
      reasons: statements.reasons.all(MAX_REASONS),
    }),
    failingImages: (limit, within) => {
      const conditions = [
        { sql: 'last_error IS NOT NULL', params: [] },
        ...buildLimitConditions(within, 'tasks'),
      ];
      return db.raw
        .prepare<unknown[], Omit<FailingImage, 'dueAtMs'> & { dueAtMs: number | null }>(
          `SELECT tasks.id AS taskId, n, attempts, due_at AS dueAtMs, last_error AS error
           FROM task_images CROSS JOIN tasks USING (position) ${buildWhereClause(conditions)}
           ORDER BY due_at IS NULL, due_at DESC LIMIT ?`,
        )
        .all(...collectParams(conditions), limit)
        .map(({ dueAtMs, ...row }): FailingImage => ({ ...row, dueAtMs: dueAtMs ?? undefined }));
    },
  };
}

/** A document that is no longer readable has no images, and must not keep others from being fetched. */
function readObject(text: string): JsonObject {
  const value = tryParseJson(text);
  return isObject(value) ? value : {};
}

function mapFoundImage(row: KnownImageRow | undefined): KnownImage | undefined {
  return row && mapKnownImage(row);
}
