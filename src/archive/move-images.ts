/**
 * Moves the archived images from one storage to another. An image leaves the first only once its bytes have been read back from the
 * second; whatever ends the move, the next one goes on.
 */
import PQueue from 'p-queue';
import { OperatorError } from '../lib/operator-error.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import { ImageMissing, type ImageStorage } from './image-storage.ts';
import { verifyImage } from './intact-images.ts';

export interface MoveDeps {
  readonly store: Pick<Store, 'archivedImages'>;
  readonly from: ImageStorage;
  readonly to: ImageStorage;
  /** Whether the images stay where they were, too. */
  readonly isCopy: boolean;
  readonly stop: AbortSignal;
  /** Called after each image. @param done images so far */
  readonly onProgress: (done: number) => void;
}

export interface MoveCounts {
  /** Copied, read back, and removed where they were if that was wanted. */
  moved: number;
  /** Were in the second storage before. */
  present: number;
  /** Were in neither, or damaged. */
  missing: number;
  /** Of those that were moved. */
  bytes: number;
}

const CONCURRENCY = 4;

/** Until the signal is aborted, or something fails. @throws OperatorError, or as the storages do */
export async function moveImages(deps: MoveDeps): Promise<MoveCounts> {
  const counts: MoveCounts = { moved: 0, present: 0, missing: 0, bytes: 0 };
  let done = 0;
  const failed = new AbortController();
  const ending = AbortSignal.any([deps.stop, failed.signal]);
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const move = async (image: ArchivedImage) => {
    if (ending.aborted) return;
    const outcome = await moveImage(deps, image).catch((error: unknown) => {
      failed.abort(error);
      throw error;
    });
    counts[outcome] += 1;
    if (outcome === 'moved') counts.bytes += image.bytes;
    done += 1;
    deps.onProgress(done);
  };
  for (let after = ''; !ending.aborted; ) {
    const images = await deps.store.archivedImages(after);
    const last = images.at(-1);
    if (!last) break;
    after = last.sha256;
    // Those that have begun are waited for, whatever another one does.
    const outcomes = await Promise.allSettled(images.map((image) => queue.add(() => move(image))));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
  return counts;
}

async function moveImage(
  { from, to, isCopy }: MoveDeps,
  image: ArchivedImage,
): Promise<'moved' | 'present' | 'missing'> {
  const isPresent = (await to.stat(image))?.bytes === image.bytes;
  if (isPresent && (isCopy || (await from.stat(image)) === undefined)) return 'present';
  // A move that was interrupted has left it in both.
  const isVerified = isPresent && (await verifyImage(to, image)) !== undefined;
  if (!isVerified && !(await copyImage(from, to, image))) return 'missing';
  if (!isCopy) await from.remove(image);
  return 'moved';
}

/** @returns false if there is nothing to copy @throws OperatorError if it can't be read back */
async function copyImage(from: ImageStorage, to: ImageStorage, image: ArchivedImage): Promise<boolean> {
  try {
    await from.withLocalFile(image, (path) => to.store({ ...image, path }, image));
  } catch (error) {
    if (error instanceof ImageMissing) return false;
    throw error;
  }
  if ((await verifyImage(to, image)) !== undefined) return true;
  throw new OperatorError(`${to.locate(image)} does not have the bytes that were stored there`);
}
