/** Images of tasks: to be fetched, archived, failed. */
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** An image whose file is in the archive. */
export interface ArchivedImage {
  /** Of its bytes; lower-case hex. */
  readonly sha256: string;
  /** `image/png` …, by its content. */
  readonly mediaType: string;
  readonly bytes: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly thumbhash: Uint8Array;
}

/** An archived image and its place among the image links of a task. */
export interface TaskImage extends ArchivedImage {
  readonly taskId: TaskId;
  readonly n: number;
}

/** An image that is to be fetched. */
export interface WantedImage {
  readonly taskId: TaskId;
  readonly n: number;
  /** Undefined when the task has no such link (any more). */
  readonly url: string | undefined;
  readonly attempts: number;
  readonly addedAtMs: number;
}

export interface FailingImage {
  readonly taskId: TaskId;
  readonly n: number;
  readonly attempts: number;
  /** Undefined when it was given up. */
  readonly dueAtMs: number | undefined;
  readonly error: string;
}

export interface ImageStats {
  readonly archived: number;
  /** Of all archived images together. */
  readonly bytes: number;
  /** Not fetched yet, or failed and tried again. */
  readonly wanted: number;
  readonly givenUp: number;
  /** Those that failed, by what went wrong, most first. */
  readonly reasons: readonly { readonly error: string; readonly count: number }[];
}

/** The images of tasks: to be fetched, archived, failed. */
export interface ImageStore {
  /** Takes images that are due, the last added first, because their links live longest; no one else gets them for `leaseMs`. */
  claimImages(request: { nowMs: number; limit: number; leaseMs: number }): MaybePromise<WantedImage[]>;
  /** The file of a wanted image is in the archive. False when the task was removed meanwhile. */
  archiveImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    image: ArchivedImage,
    nowMs: number,
  ): MaybePromise<boolean>;
  /** @param failure when to try again (undefined gives it up), and why */
  failImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    failure: { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  /** Within limits, one that a visible task has. */
  image(sha256: string, within?: TaskLimits): MaybePromise<ArchivedImage | undefined>;
  /** Archived images behind this hash, in the order of their hashes, a page at a time; empty at the end. */
  archivedImages(after: string): MaybePromise<ArchivedImage[]>;
  /** Fetches an archived image again, for instance because its file is damaged. */
  requeueImage(sha256: string, nowMs: number): MaybePromise<void>;
  imagesOf(ids: readonly TaskId[]): MaybePromise<TaskImage[]>;
  imageStats(): MaybePromise<ImageStats>;
  /** Images that failed, the last tried first. */
  failingImages(limit: number): MaybePromise<FailingImage[]>;
}
