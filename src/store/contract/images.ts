/** Images and videos of tasks ("images" for short): queued, archived, failed. */
import type { Artifact, TaskKind } from '../../task/artifacts.ts';
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** An image whose file is in the archive. */
export interface ArchivedImage {
  /** SHA-256 of the bytes, lower-case hex. */
  readonly sha256: string;
  /** `image/png` …, detected from the content. */
  readonly mediaType: string;
  readonly bytes: number;
  /** Pixels; undefined for a video whose task document does not contain it. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  /** Undefined for a video, which is not decoded. */
  readonly thumbhash: Uint8Array | undefined;
}

/** An archived image as the store knows it. */
export interface KnownImage extends ArchivedImage {
  /** Set while its file is missing or damaged. */
  readonly isMissing?: true;
}

/** An archived image of a task. */
export interface TaskImage extends ArchivedImage {
  readonly taskId: TaskId;
  /** Its index among the links of the task's results, or of its input images. */
  readonly n: number;
}

/** An image queued for fetching. */
export interface WantedImage {
  readonly taskId: TaskId;
  /** See src/task/image-number.ts. */
  readonly n: number;
  /** Undefined when the task has no such link, or no longer has it. */
  readonly artifact: Artifact | undefined;
  readonly attempts: number;
  readonly addedAtMs: number;
}

/** A place in the order of tasks and their images; only the store that gave it reads it. */
export interface ImagePlace {
  readonly place: readonly number[];
}

export interface FailingImage {
  readonly taskId: TaskId;
  /** See src/task/image-number.ts. */
  readonly n: number;
  readonly attempts: number;
  /** Undefined when no more attempts are made. */
  readonly dueAtMs: number | undefined;
  readonly error: string;
}

export interface ImageStats {
  /** Without those whose file is missing. */
  readonly archived: number;
  /** Total size of all archived images. */
  readonly bytes: number;
  /** Not fetched yet, or due for a retry. */
  readonly wanted: number;
  readonly givenUp: number;
  /** Failed images by error, most frequent first. */
  readonly reasons: readonly { readonly error: string; readonly count: number }[];
}

/** The images of tasks: queued, archived, failed. */
export interface ImageStore {
  /** Claims due images for `leaseMs`, untried ones and then the latest added first: their links expire last. */
  claimImages(request: {
    nowMs: number;
    /** Default: `nowMs`. */
    dueBeforeMs?: number;
    limit: number;
    leaseMs: (kind: TaskKind) => number;
  }): MaybePromise<WantedImage[]>;
  /** How many images are due and not claimed; counts to `limit` only. */
  countDueImages(request: { nowMs: number; limit: number }): MaybePromise<number>;
  /** Records that a queued image's file is in the archive. False when the task has been removed since. */
  archiveImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    image: ArchivedImage,
    nowMs: number,
  ): MaybePromise<boolean>;
  /** @param failure when to retry (undefined: never), and why it failed */
  failImage(
    wanted: Pick<WantedImage, 'taskId' | 'n'>,
    failure: { dueAtMs: number | undefined; error: string },
  ): MaybePromise<void>;
  /** Ends claims without an attempt. @param deferral when to try, and why not now */
  deferImages(
    images: readonly Pick<WantedImage, 'taskId' | 'n'>[],
    deferral: { dueAtMs: number; error?: string },
  ): MaybePromise<void>;
  /** With limits, only if a visible task has it. */
  image(sha256: string, within?: TaskLimits): MaybePromise<KnownImage | undefined>;
  /**
   * A page of the archived images that are there, those of the newest tasks first; several tasks may have the same one. Tasks that were
   * created at about the same time, or many at once, are in any order.
   */
  newestImages(after?: ImagePlace): MaybePromise<{ images: ArchivedImage[]; next: ImagePlace | undefined }>;
  /** A page of the archived images after this hash, ordered by hash; empty at the end. */
  archivedImages(after: string): MaybePromise<KnownImage[]>;
  /**
   * Records that the files of images are missing or damaged, and queues them to be fetched again: once, so that a link that no
   * longer works is not tried more often than others. @returns how many of them were not recorded yet
   */
  recordMissingImages(sha256s: readonly string[], nowMs: number): MaybePromise<number>;
  /** Records that the files of missing images are there again, and need not be fetched. */
  recordFoundImages(sha256s: readonly string[]): MaybePromise<void>;
  countMissingImages(): MaybePromise<number>;
  /** The archived results, without those whose file is missing. */
  imagesOf(ids: readonly TaskId[]): MaybePromise<TaskImage[]>;
  /** The archived input images of a task, in order, without those whose file is missing. */
  inputImagesOf(id: TaskId): MaybePromise<TaskImage[]>;
  /** The ratios of the first images of tasks, as far as they have ever been archived (see src/task/ratio.ts). */
  ratiosOf(ids: readonly TaskId[]): MaybePromise<ReadonlyMap<TaskId, number>>;
  imageStats(): MaybePromise<ImageStats>;
  /** Failed images of visible tasks, those that are tried again first. */
  failingImages(limit: number, within?: TaskLimits): MaybePromise<FailingImage[]>;
}
