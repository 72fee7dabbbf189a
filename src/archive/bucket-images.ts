/**
 * Images as objects of a bucket, by the keys that they have as files of the data directory. An object is complete, or not there. What
 * needs a local file, such as the decoder, gets a copy for as long as it works.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { ObjectBody } from '../object-store/object-body.ts';
import type { ObjectStore } from '../object-store/object-store.ts';
import { createProblemTracker } from '../object-store/problem-tracker.ts';
import { ImageFailure } from './failure.ts';
import {
  getImageKey,
  type ImageContent,
  ImageMissing,
  type ImageStorage,
  type NamedImage,
} from './image-storage.ts';
import type { ReceivedFiles } from './received-files.ts';

export function createBucketImages(objects: ObjectStore, received: ReceivedFiles): ImageStorage {
  const problems = createProblemTracker();
  const read = <T>(work: () => Promise<T>) => problems.track('read', work);

  return {
    locate: (image) => `${objects.address}/${getImageKey(image)}`,
    stat: async (image) => {
      const head = await read(() => objects.head(getImageKey(image)));
      return head && { bytes: head.bytes, version: head.etag };
    },
    open: async (image, range) => {
      const body = await read(() => objects.get(getImageKey(image), range));
      return body && createContent(body);
    },
    withLocalFile: async (image, work) => {
      const body = await read(() => objects.get(getImageKey(image)));
      const copy = body && (await receiveCopy(body, image, received));
      if (!copy) throw new ImageMissing('its object is missing or damaged');
      try {
        return await work(copy.path);
      } finally {
        await received.discard(copy);
      }
    },
    store: (file, image) =>
      problems.track('write', () => objects.put(getImageKey(image), file, image.mediaType)),
    remove: (image) => problems.track('write', () => objects.remove(getImageKey(image))),
    list: async (prefix) => {
      const folder = `images/${prefix}/`;
      const names = new Map<string, number>();
      await problems.track('list', async () => {
        for await (const page of objects.list(folder))
          for (const { key, bytes } of page) names.set(key.slice(folder.length), bytes);
      });
      return names;
    },
    checkAccess: () => problems.track('list', objects.check),
    readProblem: problems.readProblem,
    close: objects.close,
  };
}

function createContent(body: ObjectBody): ImageContent {
  const createStream: ImageContent['stream'] = (options) => {
    const stream = Readable.from(body.read(), { objectMode: false, ...options });
    // Also if nothing of it was read.
    return stream.once('close', body.close);
  };
  return {
    bytes: body.bytes,
    version: body.head.etag,
    read: async () => new Uint8Array(await buffer(body.read())),
    stream: createStream,
    close: async () => body.close(),
  };
}

/** @returns undefined if it does not have the bytes of its name @throws ObjectStoreError; the system's error */
async function receiveCopy(body: ObjectBody, image: NamedImage, received: ReceivedFiles) {
  try {
    const copy = await received.receive(body.read(), body.bytes);
    if (copy.sha256 === image.sha256) return copy;
    await received.discard(copy);
  } catch (error) {
    if (!(error instanceof ImageFailure)) throw error; // else it is empty
  }
  return undefined;
}
