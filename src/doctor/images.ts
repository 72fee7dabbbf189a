/** Checks the archived images: those in the data directory against their hashes, those of a bucket against its listing. */
import { createListing } from '../archive/find-missing.ts';
import type { ImageStorage } from '../archive/image-storage.ts';
import { verifyImage } from '../archive/intact-images.ts';
import { OperatorError } from '../lib/operator-error.ts';
import type { KnownImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import type { Finding } from './check.ts';

const MAX_SHOWN = 20;
const about = 'images';

type OnProgress = (done: number, all: number) => void;

/** Reads all of them. @param onProgress called after every image */
export async function checkImages(
  store: Store,
  files: Pick<ImageStorage, 'open'>,
  onProgress: OnProgress,
): Promise<Finding[]> {
  const { done, damaged } = await findDamaged(store, onProgress, async (image) => {
    return (await verifyImage(files, image)) !== undefined;
  });
  return describe(damaged, 'is damaged or missing', `${done} have the bytes of their names`);
}

/** Asks once for a thousand of them, and reads none. @param address of the bucket */
export async function checkBucket(
  store: Store,
  files: Pick<ImageStorage, 'checkAccess' | 'list'>,
  address: string,
  onProgress: OnProgress,
): Promise<Finding[]> {
  try {
    await files.checkAccess();
    const { done, damaged } = await findDamaged(store, onProgress, createListing(files));
    return describe(
      damaged,
      'is missing, or has another size',
      `${done} are in ${address}, with their sizes`,
    );
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return [{ about, kind: 'problem', message: error.message }];
  }
}

async function findDamaged(
  store: Store,
  onProgress: OnProgress,
  isThere: (image: KnownImage, page: readonly KnownImage[]) => Promise<boolean>,
): Promise<{ done: number; damaged: KnownImage[] }> {
  const { archived } = await store.imageStats();
  const damaged: KnownImage[] = [];
  let done = 0;
  for (let after = ''; ; ) {
    const images = await store.archivedImages(after);
    for (const image of images) {
      if (!(await isThere(image, images))) damaged.push(image);
      done += 1;
      onProgress(done, archived);
    }
    const last = images.at(-1);
    if (!last) return { done, damaged };
    after = last.sha256;
  }
}

function describe(damaged: readonly KnownImage[], how: string, ok: string): Finding[] {
  if (damaged.length === 0) return [{ about, kind: 'ok', message: ok }];
  const more = damaged.length > MAX_SHOWN ? [`and ${damaged.length - MAX_SHOWN} more`] : [];
  const messages = damaged.slice(0, MAX_SHOWN).map(({ sha256 }) => `${sha256} ${how}`);
  return [
    ...[...messages, ...more].map((message) => ({ about, kind: 'problem' as const, message })),
    {
      about,
      kind: 'note',
      message: 'the server never serves them, and fetches them again while their links work',
    },
  ];
}
