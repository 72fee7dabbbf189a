/**
 * Compares the archived images with the files that are there, after a restore on another machine for instance. It lists folders
 * instead of opening files: a million images take seconds, and nothing waits for them.
 */
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { ObjectStoreError } from '../object-store/errors.ts';
import type { KnownImage } from '../store/contract/images.ts';
import { runInTurn } from '../store/contract/run-in-turn.ts';
import type { Store } from '../store/contract/store.ts';
import { type ImageStorage, nameImage } from './image-storage.ts';
import { verifyImage } from './intact-images.ts';

export interface FindMissingDeps {
  readonly store: Store;
  readonly files: ImageStorage;
  readonly clock: Clock;
}

export interface MissingImages {
  readonly checked: number;
  /** Not known to be missing before; they are now queued. */
  readonly missing: number;
  /** Were missing, and are there again with the bytes of their names. */
  readonly found: number;
}

/** Records which images have no file, so that they are fetched again and nothing links to them. */
export async function recordMissingFiles(
  { store, files, clock }: FindMissingDeps,
  stop?: AbortSignal,
): Promise<MissingImages> {
  const counts = { checked: 0, missing: 0, found: 0 };
  const isListed = createListing(files);
  for (let after = ''; !stop?.aborted; ) {
    const images = await store.archivedImages(after);
    const last = images.at(-1);
    if (!last) break;
    after = last.sha256;
    const missing: string[] = [];
    const found: string[] = [];
    for (const image of images) {
      const isThere = await isListed(image, images);
      if (image.isMissing) {
        if (isThere && (await verifyImage(files, image)) !== undefined) found.push(image.sha256);
      } else if (!isThere) missing.push(image.sha256);
    }
    if (missing.length > 0) counts.missing += await store.recordMissingImages(missing, clock.now());
    if (found.length > 0) await store.recordFoundImages(found);
    counts.found += found.length;
    counts.checked += images.length;
    await yieldToOthers();
  }
  return counts;
}

type Page = readonly KnownImage[];

/**
 * Whether the folder of an image lists it, with its size. Images come in the order of their folders, so one listing is kept. One from
 * before their page was read may lack images that have arrived since, and is not believed.
 */
export function createListing(
  files: Pick<ImageStorage, 'list'>,
): (image: KnownImage, page: Page) => Promise<boolean> {
  let listing: { prefix: string; page: Page; names: ReadonlyMap<string, number | undefined> } | undefined;
  const isIn = (image: KnownImage): boolean => {
    const name = nameImage(image);
    return listing?.names.has(name) === true && (listing.names.get(name) ?? image.bytes) === image.bytes;
  };
  return async (image, page) => {
    const prefix = image.sha256.slice(0, 2);
    if (listing?.prefix !== prefix || (listing.page !== page && !isIn(image)))
      listing = { prefix, page, names: await files.list(prefix) };
    return isIn(image);
  };
}

/** When the object store may answer again. */
const RETRY_MS = 60_000;

/** Of servers that start at the same time, one does it. */
const TURN = 'find missing images';

/** Does it once in the background, and says in the log what it found. */
export function startFindingMissing(deps: FindMissingDeps & { readonly log: Log }): {
  stop(): Promise<void>;
} {
  const { log } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const compare = async (): Promise<void> => {
    const { missing, found } = await recordMissingFiles(deps, stopping.signal);
    if (missing > 0)
      log.warn({ missing }, 'archived images have no file; they are fetched again while their links work');
    if (found > 0) log.info({ found }, 'files of archived images are there again');
  };
  const run = async (): Promise<void> => {
    try {
      await runInTurn(deps, TURN, compare);
    } catch (error) {
      // The watch of the storage logs what is wrong with it.
      if (error instanceof ObjectStoreError) timer = setTimeout(start, RETRY_MS);
      else log.error({ err: error }, 'could not check which archived images have a file');
    }
  };
  let running = run();
  const start = () => {
    running = run();
  };
  return {
    stop: () => {
      clearTimeout(timer);
      stopping.abort();
      return running;
    },
  };
}
