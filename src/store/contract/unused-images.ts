/**
 * Images that no task has. Their bytes are removed an hour later only: somebody else may be archiving the same bytes at the moment,
 * and would find them stored already.
 */
import type { ArchivedImage } from './images.ts';
import type { MaybePromise } from './maybe-promise.ts';

export type UnusedImage = Pick<ArchivedImage, 'sha256' | 'mediaType'>;

export interface UnusedImageStore {
  /**
   * Records that the bytes of an image are about to be stored, so that they are removed if `archiveImage` never follows.
   * @returns false while its bytes are being removed: it can be stored later
   */
  reserveImage(image: UnusedImage, nowMs: number): MaybePromise<boolean>;
  /** Claims images for `leaseMs` that have been unused since before `unusedBeforeMs`, to remove their bytes. */
  claimUnusedImages(request: {
    nowMs: number;
    unusedBeforeMs: number;
    limit: number;
    leaseMs: number;
  }): MaybePromise<UnusedImage[]>;
  /** Records that the bytes of claimed images are removed. */
  discardUnusedImages(sha256s: readonly string[]): MaybePromise<void>;
}
