/** What every storage of images must do: the folder of the data directory, and a bucket. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createBucketImages } from '../../src/archive/bucket-images.ts';
import { createImageFiles, type ImageFiles } from '../../src/archive/files.ts';
import { getImageKey, ImageMissing, type NamedImage, nameImage } from '../../src/archive/image-storage.ts';
import { createIntactImages, verifyImage } from '../../src/archive/intact-images.ts';
import { createReceivedFiles } from '../../src/archive/received-files.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createObjectStore } from '../../src/object-store/object-store.ts';
import {
  ACCESS_KEY_ID,
  BUCKET,
  SECRET_ACCESS_KEY,
  startObjectStore,
  type TestObjectStore,
} from '../helpers/object-store.ts';
import { S3RVER_KEY, startS3rver } from '../helpers/s3rver.ts';
import { temporaryDirectory } from '../helpers/test-mirror.ts';

interface Storage {
  readonly files: ImageFiles;
  /** Replaces what is stored, past the storage. */
  readonly replace: (image: NamedImage, bytes: Buffer) => Promise<void>;
  readonly dataDir: string;
  readonly server?: TestObjectStore;
}

function openBucket(url: string, key: string, secret: string, dataDir: string): ImageFiles {
  const settings = {
    ...{ address: `s3://${BUCKET}/mirror`, bucket: BUCKET, prefix: 'mirror/', endpoint: url },
    ...{ region: 'us-east-1', accessKeyId: key, secretAccessKey: secret },
    ...{ sessionToken: undefined, encryption: undefined },
  };
  const objects = createObjectStore(settings, { clock: systemClock, random: Math.random });
  return createImageFiles(dataDir, createBucketImages(objects, createReceivedFiles(dataDir)));
}

const KINDS: [string, () => Promise<Storage>][] = [
  [
    'a folder',
    async () => {
      const dataDir = temporaryDirectory();
      const files = createImageFiles(dataDir);
      const replace = async (image: NamedImage, bytes: Buffer) => {
        mkdirSync(dirname(files.locate(image)), { recursive: true });
        writeFileSync(files.locate(image), bytes);
      };
      return { files, replace, dataDir };
    },
  ],
  [
    'a bucket of a strict store',
    async () => {
      const [server, dataDir] = [await startObjectStore(), temporaryDirectory()];
      return {
        files: openBucket(server.url, ACCESS_KEY_ID, SECRET_ACCESS_KEY, dataDir),
        replace: async (image, bytes) => void server.objects.set(`mirror/${getImageKey(image)}`, bytes),
        ...{ dataDir, server },
      };
    },
  ],
  [
    'a bucket of s3rver',
    async () => {
      const [url, dataDir] = [await startS3rver(BUCKET), temporaryDirectory()];
      const files = openBucket(url, S3RVER_KEY, S3RVER_KEY, dataDir);
      // It does not look at hashes.
      const replace = async (image: NamedImage, content: Buffer) => {
        const path = join(temporaryDirectory(), 'replacing');
        writeFileSync(path, content);
        await files.store({ ...describeImage(content), path }, image);
      };
      return { files, replace, dataDir };
    },
  ],
];

const bytes = Buffer.from('picture '.repeat(5000));
const image = describeImage(bytes);

function describeImage(content: Buffer) {
  return {
    sha256: createHash('sha256').update(content).digest('hex'),
    mediaType: 'image/png',
    bytes: content.length,
  };
}

async function store({ files }: Storage, content = bytes): Promise<void> {
  const received = await files.receive(Readable.from([content]), content.length);
  await files.store(received, describeImage(content));
  await files.discard(received);
}

const leftovers = ({ dataDir }: Storage) => readdirSync(join(dataDir, 'images', 'partial'));
const readAll = async (files: ImageFiles, range?: { start: number; end: number }) => {
  const content = await files.open(image, range);
  return content && Buffer.from(await content.read());
};

describe.each(KINDS)('%s', (_, open) => {
  test('gives what was stored, whole and in part, at once and as a stream', async () => {
    const here = await open();
    const { files } = here;
    await store(here);
    expect(await readAll(files)).toEqual(bytes);
    expect(String(await readAll(files, { start: 8, end: 14 }))).toBe('picture');
    const content = await files.open(image, { start: bytes.length - 8, end: bytes.length - 1 });
    expect(content?.bytes).toBe(8);
    expect(content && String(await buffer(content.stream()))).toBe('picture ');
    await (await files.open(image))?.close();
    expect(leftovers(here)).toEqual([]);
  });

  test('has nothing that was not stored, or is shorter', async () => {
    const here = await open();
    const { files } = here;
    expect([await files.stat(image), await files.open(image)]).toEqual([undefined, undefined]);
    await store(here);
    expect(await files.open(image, { start: 0, end: bytes.length })).toBeUndefined();
    await here.replace(image, Buffer.alloc(0));
    expect(await files.open(image)).toBeUndefined();
    expect(await verifyImage(files, image)).toBeUndefined();
  });

  test('describes an image by its size and a version, which is that of its content', async () => {
    const here = await open();
    const { files } = here;
    await store(here);
    const stat = await files.stat(image);
    expect(stat?.bytes).toBe(bytes.length);
    const content = await files.open(image);
    expect(content?.version).toBe(stat?.version);
    await content?.close();
    await here.replace(image, Buffer.from('other bytes'));
    expect(await files.stat(image)).toMatchObject({
      bytes: 11,
      version: expect.not.stringMatching(`^${stat?.version}$`),
    });
  });

  test('stores the same bytes twice without harm, and removes what is not there', async () => {
    const here = await open();
    await store(here);
    await store(here);
    expect(await readAll(here.files)).toEqual(bytes);
    await here.files.remove(image);
    await here.files.remove(image);
    expect(await here.files.stat(image)).toBeUndefined();
  });

  test('lists the images of a folder by name', async () => {
    const here = await open();
    await store(here);
    const other = Buffer.from('another picture');
    await store(here, other);
    const list = await here.files.list(image.sha256.slice(0, 2));
    expect([...list.keys()]).toEqual([nameImage(image)]);
    expect([bytes.length, undefined]).toContain(list.get(nameImage(image)));
    expect((await here.files.list('zz')).size).toBe(0);
  });

  test('lends a local file with the bytes of the name, and takes it back', async () => {
    const here = await open();
    await store(here);
    const read = async (path: string) => readFileSync(path);
    expect(await here.files.withLocalFile(image, read)).toEqual(bytes);
    const failing = here.files.withLocalFile(image, () => Promise.reject(new Error('no decoder')));
    await expect(failing).rejects.toThrow('no decoder');
    for (const wrong of [Buffer.from('other bytes'), Buffer.alloc(bytes.length, 'x'), Buffer.alloc(0)]) {
      await here.replace(image, wrong);
      await expect(here.files.withLocalFile(image, read)).rejects.toThrow(ImageMissing);
    }
    await here.files.remove(image);
    await expect(here.files.withLocalFile(image, read)).rejects.toThrow(ImageMissing);
    expect(leftovers(here)).toEqual([]);
  });

  test('is opened only where the bytes are those of the name, also after they have changed', async () => {
    const here = await open();
    await store(here);
    const intact = createIntactImages(here.files);
    const range = { start: 0, end: 6 };
    const read = async () => {
      const content = await intact.open(image, range);
      return content && String(Buffer.from(await content.read()));
    };
    expect(await Promise.all([read(), read(), intact.exists(image)])).toEqual(['picture', 'picture', true]);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 1] = 0;
    await here.replace(image, damaged);
    expect([await read(), await intact.exists(image)]).toEqual([undefined, false]);
    await here.replace(image, bytes);
    expect([await read(), await intact.exists(image)]).toEqual(['picture', true]);
    await here.files.remove(image);
    expect([await read(), await intact.exists(image)]).toEqual([undefined, false]);
  });

  test('tells where an image is, and that it works', async () => {
    const here = await open();
    const { files } = here;
    expect(files.locate(image)).toMatch(
      new RegExp(`images.${image.sha256.slice(0, 2)}.${nameImage(image)}$`),
    );
    await files.checkAccess();
    expect(files.readProblem()).toBeUndefined();
    files.close();
  });
});

describe('a bucket', () => {
  const open = async () => {
    const here = await KINDS[1]?.[1]();
    if (!here?.server) throw new Error('it is a bucket of the tests');
    return { ...here, server: here.server };
  };

  test('reads an image twice at first, and then once for each caller', async () => {
    const here = await open();
    await store(here);
    const intact = createIntactImages(here.files);
    const count = async () => {
      here.server.requests.length = 0;
      const content = await intact.open(image, { start: 0, end: 9 });
      await content?.read();
      return here.server.requests.length;
    };
    expect([await count(), await count(), await count()]).toEqual([2, 1, 1]);
  });

  test('remembers what does not work until that works again', async () => {
    const here = await open();
    const { files, server } = here;
    await store(here);
    server.answerAll((_, response) => response.writeHead(403).end());
    await expect(store(here)).rejects.toThrow('access denied');
    await expect(files.stat(image)).rejects.toThrow('access denied');
    server.answerAll(undefined);
    await files.checkAccess();
    // That it may be listed does not say that it may be written to.
    expect(files.readProblem()?.message).toContain('access denied');
    await files.stat(image);
    expect(files.readProblem()).toBeDefined();
    await store(here);
    expect(files.readProblem()).toBeUndefined();
    server.answerAll((request) => void request.destroy());
    await expect(files.stat(image)).rejects.toThrow('does not answer');
    server.answerAll(undefined);
    await files.checkAccess();
    expect(files.readProblem()).toBeUndefined();
  });

  test('closes the connection of what is opened and not read', async () => {
    const here = await open();
    await store(here);
    const content = await here.files.open(image);
    content?.stream().destroy();
    await (await here.files.open(image))?.close();
    expect(await readAll(here.files)).toEqual(bytes);
  });
});
