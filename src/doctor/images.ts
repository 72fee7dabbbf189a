/** Checks the archived images against their hashes. */
import type { ImageStorage } from '../archive/image-storage.ts';
import { verifyImage } from '../archive/intact-images.ts';
import type { ArchivedImage } from '../store/contract/images.ts';
import type { Store } from '../store/contract/store.ts';
import type { Finding } from './check.ts';

const MAX_SHOWN = 20;

/** @param onProgress called after every image */
export async function checkImages(
  store: Store,
  files: Pick<ImageStorage, 'open'>,
  onProgress: (done: number, all: number) => void,
): Promise<Finding[]> {
  const about = 'images';
  const { archived } = await store.imageStats();
  const damaged: ArchivedImage[] = [];
  let done = 0;
  for (let after = ''; ; ) {
    const images = await store.archivedImages(after);
    for (const image of images) {
      if ((await verifyImage(files, image)) === undefined) damaged.push(image);
      done += 1;
      onProgress(done, archived);
    }
    const last = images.at(-1);
    if (!last) break;
    after = last.sha256;
  }
  if (damaged.length === 0) return [{ about, kind: 'ok', message: `${done} have the bytes of their names` }];
  const more = damaged.length > MAX_SHOWN ? [`and ${damaged.length - MAX_SHOWN} more`] : [];
  const messages = damaged.slice(0, MAX_SHOWN).map(({ sha256 }) => `${sha256} is damaged or missing`);
  return [
    ...[...messages, ...more].map((message) => ({ about, kind: 'problem' as const, message })),
    {
      about,
      kind: 'note',
      message: 'the server never serves them, and fetches them again while their links work',
    },
  ];
}
