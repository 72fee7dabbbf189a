import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createArchiver } from '../../src/archive/archiver.ts';
import type { Decoder } from '../../src/archive/decoding/decoder.ts';
import { createImageFiles } from '../../src/archive/files.ts';
import { createThumbnailFiller } from '../../src/archive/fill-thumbnails.ts';
import { createThumbnails } from '../../src/archive/thumbnails.ts';
import { createLog } from '../../src/lib/log.ts';
import { createSafeFetch } from '../../src/outbound/safe-fetch.ts';
import { createMp4 } from '../../src/simulator/mp4.ts';
import type { TaskId } from '../../src/task/id.ts';
import { createBlackPng, createGif } from '../helpers/bombs.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { type ImageHost, imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, removeUnused, storeTaskWithImages } from '../helpers/images.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { shareDecoder } from '../helpers/shared-decoder.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID, OTHER_ID] = numberedIds(2);
const WIDTHS = [320, 640];

interface Here {
  readonly here: TestMirror;
  readonly host: ImageHost;
  /** The thumbnails that the decoder was asked for after an image was archived, by the names of their images. */
  readonly asked: string[];
  /** Stores a task with these images, and archives what is due. */
  archive(images: readonly Buffer[], id?: TaskId): Promise<unknown>;
}

async function startHere({ dataDir = temporaryDirectory() } = {}): Promise<Here> {
  const host = await imageHost();
  const asked: string[] = [];
  const shared = shareDecoder();
  const decoder: Decoder = {
    ...shared,
    createThumbnails: (job, urgency) => {
      asked.push(basename(job.path).replace(/\..*/, ''));
      return shared.createThumbnails(job, urgency);
    },
  };
  const here = await startTestMirror({ imageAllowHosts: host.host, dataDir }, {}, { decoder });
  let served = 0;
  return {
    here,
    host,
    asked,
    archive: async (images, id = ID) => {
      const links = images.map((bytes) => {
        served += 1;
        host.serve(`/${served}`, bytes);
        return `${host.url}/${served}`;
      });
      await storeTaskWithImages(here, id, links);
      return here.mirror.archiver.run();
    },
  };
}

/** The background work of a mirror, one step at a time. */
function createFiller(
  { here }: Here,
  { isArchiving = true, decoder = shareDecoder(), archiver = here.mirror.archiver } = {},
) {
  const { store, clock, config } = here;
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  const files = createImageFiles(config.dataDir);
  const deps = { store, files, clock, log, isArchiving, archiver };
  const filler = createThumbnailFiller({
    ...deps,
    thumbnails: createThumbnails({ files, decoder, clock, log }),
  });
  return { filler, log: () => lines.join('') };
}

/** As if the images had been archived by an earlier version. */
function removeThumbnails({ here }: Here): void {
  rmSync(join(here.config.dataDir, 'thumbs'), { recursive: true, force: true });
}

const thumbnailsOf = ({ here }: Here) =>
  filesIn(here.config.dataDir, 'thumbs')
    .map((name) => basename(name))
    .filter((name) => name.endsWith('.webp'))
    .sort();
const namesOf = (sha256s: readonly (string | undefined)[], widths = WIDTHS) =>
  sha256s.flatMap((sha256) => widths.map((width) => `${sha256}-${width}.webp`)).sort();
const imagesOf = async ({ here }: Here, id: TaskId = ID) =>
  (await here.store.imagesOf([id])).map(({ sha256 }) => sha256);
const pictures = (count: number, size = {}) =>
  Promise.all(Array.from({ length: count }, (_, shade) => picture('png', { shade: shade + 1, ...size })));

describe('an image that is archived', () => {
  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['a PNG', () => gradient()],
    [
      'a JPEG that is turned',
      async () =>
        sharp(await gradient())
          .jpeg()
          .withMetadata({ orientation: 6 })
          .toBuffer(),
    ],
    [
      'a grey PNG',
      async () =>
        sharp(await gradient())
          .greyscale()
          .toColourspace('b-w')
          .png()
          .toBuffer(),
    ],
    [
      'a PNG of 16 bits',
      async () =>
        sharp(await gradient())
          .toColourspace('rgb16')
          .png()
          .toBuffer(),
    ],
    [
      'a PNG with transparency',
      async () =>
        sharp(await gradient())
          .ensureAlpha(0.5)
          .png()
          .toBuffer(),
    ],
    [
      'a JPEG in CMYK',
      async () =>
        sharp(await gradient())
          .toColourspace('cmyk')
          .jpeg()
          .toBuffer(),
    ],
    [
      'a WebP',
      async () =>
        sharp(await gradient())
          .webp()
          .toBuffer(),
    ],
    [
      'an AVIF',
      async () =>
        sharp(await gradient())
          .avif({ effort: 0 })
          .toBuffer(),
    ],
    ['a GIF of three frames', () => createGif({ width: 700, height: 500, frames: 3 })],
    [
      'a tall image',
      async () =>
        sharp(await gradient())
          .resize(700, 6000, { fit: 'fill' })
          .png()
          .toBuffer(),
    ],
  ])('gets its thumbnails from the same decode, and they look like it: %s', async (_, create) => {
    const all = await startHere();
    const bytes = await create();
    expect(await all.archive([bytes])).toEqual({ archived: 1, failed: 0 });
    const [sha256] = await imagesOf(all);
    expect(thumbnailsOf(all)).toEqual(namesOf([sha256]));
    for (const width of WIDTHS) {
      const answer = await all.here.get(`/thumbs/${sha256}?w=${width}`);
      const thumbnail = sharp(Buffer.from(await answer.arrayBuffer()));
      const expected = sharp(bytes)
        .autoOrient()
        .resize({ width, height: 4096, fit: 'inside', withoutEnlargement: true });
      const [seen, wanted] = await Promise.all([readPixels(thumbnail), readPixels(expected)]);
      expect([seen.info.width, seen.info.height]).toEqual([wanted.info.width, wanted.info.height]);
      let difference = 0;
      for (const [at, value] of seen.data.entries()) difference += Math.abs(value - (wanted.data[at] ?? 0));
      expect(difference / seen.data.length).toBeLessThan(4);
    }
    expect(all.asked).toEqual([]);
  });

  test('is not enlarged', async () => {
    const all = await startHere();
    await all.archive([await picture('png', { width: 200, height: 100 })]);
    const [sha256] = await imagesOf(all);
    const answer = await all.here.get(`/thumbs/${sha256}?w=640`);
    expect(await sharp(Buffer.from(await answer.arrayBuffer())).metadata()).toMatchObject({ width: 200 });
  });

  test('has none if it is damaged, and nothing is left of them', async () => {
    const all = await startHere();
    const bytes = await picture('png', { width: 900, height: 900 });
    expect(await all.archive([bytes.subarray(0, -20)])).toEqual({ archived: 0, failed: 1 });
    expect(thumbnailsOf(all)).toEqual([]);
  });

  test('has none if it is a video', async () => {
    const all = await startHere();
    all.host.serve('/film', createMp4('a'));
    const response = { success: true, data: [{ video_url: `${all.host.url}/film` }] };
    await all.here.store.storeDocuments({
      documents: [document({ id: ID, more: { response } })],
      requestSeq: await all.here.store.nextRequestSeq(),
      fetchedAtMs: all.here.clock.now(),
    });
    expect(await all.here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
    await createFiller(all).filler.run();
    expect(thumbnailsOf(all)).toEqual([]);
    expect(all.here.mirror.archiver.withoutThumbnails).toBe(0);
  });

  test('is archived without thumbnails where there is no room for them, and gets them later', async (context) => {
    requireOnMachine(context, 'mount');
    const all = await startHere();
    const thumbs = join(all.here.config.dataDir, 'thumbs');
    mkdirSync(thumbs);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'flux-mirror-test', thumbs], { stdio: 'ignore' });
    const unmount = () => execFileSync('umount', [thumbs]);
    let isMounted = true;
    onTestFinished(() => void (isMounted && unmount()));
    expect(await all.archive(await pictures(1, { width: 900, height: 900 }))).toEqual({
      archived: 1,
      failed: 0,
    });
    expect(thumbnailsOf(all)).toEqual([]);
    expect(all.here.log()).toContain('the disk is full');

    const { filler, log } = createFiller(all);
    await filler.run();
    expect(log().match(/making thumbnails has stopped/g)).toHaveLength(1);
    await filler.run();
    expect(log().match(/making thumbnails has stopped/g)).toHaveLength(1);
    expect(thumbnailsOf(all)).toEqual([]);
    unmount();
    isMounted = false;
    all.here.clock.advance(11 * 60_000);
    await filler.run();
    expect(thumbnailsOf(all)).toEqual(namesOf(await imagesOf(all)));
  });

  test('is archived although something else is in the place of its thumbnails', async () => {
    const all = await startHere();
    writeFileSync(join(all.here.config.dataDir, 'thumbs'), '');
    expect(await all.archive(await pictures(1))).toEqual({ archived: 1, failed: 0 });
    expect(all.here.log()).toContain('thumbnails could not be made');
    const [sha256] = await imagesOf(all);
    expect((await all.here.get(`/thumbs/${sha256}`)).status).toBe(404);
    expect((await all.here.get(`/images/${sha256}`)).status).toBe(200);
  });

  test('is fetched first where many are waiting; the thumbnails follow', async () => {
    const all = await startHere();
    const { here, host } = all;
    const images = await pictures(60);
    for (const [at, bytes] of images.entries()) host.serve(`/${at}`, bytes);
    await storeTaskWithImages(
      here,
      ID,
      images.map((_, at) => `${host.url}/${at}`),
    );
    const { store, clock, config } = here;
    const log = createLog({ level: 'silent', format: 'json' });
    const safeFetch = createSafeFetch([host.host]);
    onTestFinished(() => safeFetch.close());
    const files = createImageFiles(config.dataDir);
    const deps = { store, clock, files, decoder: shareDecoder(), safeFetch, log, random: () => 0.5 };
    const archiver = createArchiver({ ...config, ...deps, minBacklog: 10 });
    await files.thumbnails.setComplete(true);
    expect(await archiver.run()).toEqual({ archived: 60, failed: 0 });
    expect(await files.thumbnails.isComplete()).toBe(false);
    // When the last ones were fetched, no others were waiting.
    expect(archiver.withoutThumbnails).toBeGreaterThan(45);
    expect(archiver.withoutThumbnails).toBeLessThan(60);
    expect(thumbnailsOf(all)).toHaveLength(2 * (60 - archiver.withoutThumbnails));
    const { filler } = createFiller(all, { archiver });
    await filler.run();
    expect(thumbnailsOf(all)).toEqual(namesOf(await imagesOf(all)));
  });
});

describe('an archive without thumbnails', () => {
  test('gets them, those of the newest tasks first', async () => {
    const all = await startHere();
    const images = await pictures(4);
    await all.archive(images.slice(0, 2), OTHER_ID);
    await all.archive(images.slice(2), ID);
    removeThumbnails(all);
    const decoder = shareDecoder();
    const order: string[] = [];
    const { filler, log } = createFiller(all, {
      decoder: {
        ...decoder,
        createThumbnails: (job, urgency) => {
          expect(urgency).toBe('idle');
          order.push(basename(job.path, '.png'));
          return decoder.createThumbnails(job, urgency);
        },
      },
    });
    await filler.run();
    const newestFirst = [...(await imagesOf(all, ID)), ...(await imagesOf(all, OTHER_ID))];
    const { images: listed } = await all.here.store.newestImages();
    expect(order).toEqual(listed.map(({ sha256 }) => sha256));
    expect(thumbnailsOf(all)).toEqual(namesOf(newestFirst));
    expect(log()).toContain('"made":4');
    // Nothing is left to do, until something is archived without.
    removeThumbnails(all);
    await filler.run();
    expect(thumbnailsOf(all)).toEqual([]);
  });

  test('waits while an image is to be fetched, unless none can be', async () => {
    const all = await startHere();
    await all.archive(await pictures(2));
    removeThumbnails(all);
    await storeTaskWithImages(all.here, OTHER_ID, [`${all.host.url}/gone`]);
    const online = createFiller(all);
    await online.filler.run();
    expect(thumbnailsOf(all)).toEqual([]);
    await createFiller(all, { isArchiving: false }).filler.run();
    expect(thumbnailsOf(all)).toHaveLength(4);
    removeThumbnails(all);
    await all.here.mirror.archiver.run();
    await online.filler.run();
    expect(thumbnailsOf(all)).toHaveLength(4);
  });

  test('takes an empty file for none, and makes only what is missing', async () => {
    const all = await startHere();
    await all.archive(await pictures(1));
    const [empty = '', whole = ''] = filesIn(all.here.config.dataDir, 'thumbs').sort();
    const path = (name: string) => join(all.here.config.dataDir, 'thumbs', name);
    const before = readFileSync(path(empty));
    truncateSync(path(empty), 0);
    writeFileSync(path(whole), 'as it was');
    await createFiller(all).filler.run();
    expect(readFileSync(path(empty)).equals(before)).toBe(true);
    expect(readFileSync(path(whole), 'utf8')).toBe('as it was');
  });

  test('passes over what is damaged, missing or too large to be decoded', async () => {
    const all = await startHere();
    await all.archive(await pictures(3));
    removeThumbnails(all);
    const [damaged, missing, good] = await imagesOf(all);
    const { dataDir } = all.here.config;
    const path = (sha256 = '') => join(dataDir, 'images', sha256.slice(0, 2), `${sha256}.png`);
    writeFileSync(path(damaged), readFileSync(path(damaged)).fill(0, 5000, 5001));
    rmSync(path(missing));
    const bomb = createBlackPng({ width: 9900, height: 9900, bits: 16, isInterlaced: true });
    all.host.serve('/small', await picture('png', { shade: 77 }));
    await storeTaskWithImages(all.here, OTHER_ID, [`${all.host.url}/small`]);
    const files = createImageFiles(dataDir);
    const received = await files.receive(toChunks(bomb), bomb.length);
    const image = { ...received, mediaType: 'image/png', width: 9900, height: 9900, thumbhash: undefined };
    await files.store(received, image);
    const { path: _, ...row } = image;
    await all.here.store.archiveImage({ taskId: OTHER_ID, n: 0 }, row, 0);

    const { filler, log } = createFiller(all);
    await filler.run();
    expect(thumbnailsOf(all)).toEqual(namesOf([good]));
    expect(log().match(/an image has no thumbnail/g)).toHaveLength(1);
    expect(log()).toContain('needs more than');
    // What is missing is fetched again, before anything else is done.
    expect(await all.here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
    await filler.run();
    expect(await all.here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
    await filler.run();
    expect(thumbnailsOf(all)).toEqual(namesOf([damaged, missing, good]));
    expect(log().match(/an image has no thumbnail/g)).toHaveLength(1);
  });

  test('keeps nothing of a task that was removed meanwhile', async () => {
    const all = await startHere();
    await all.archive(await pictures(1));
    removeThumbnails(all);
    const decoder = shareDecoder();
    const { filler } = createFiller(all, {
      decoder: {
        ...decoder,
        createThumbnails: async (job, urgency) => {
          await decoder.createThumbnails(job, urgency);
          await all.here.store.remove(ID);
        },
      },
    });
    await filler.run();
    await removeUnused(all.here);
    expect(thumbnailsOf(all)).toEqual([]);
  });

  test('is continued after a stop', async () => {
    const all = await startHere();
    await all.archive(await pictures(3));
    removeThumbnails(all);
    const decoder = shareDecoder();
    const stopped = createFiller(all, {
      decoder: {
        ...decoder,
        createThumbnails: async (job, urgency) => {
          await decoder.createThumbnails(job, urgency);
          stopped.filler.stop();
        },
      },
    });
    await stopped.filler.run();
    await stopped.filler.run();
    expect(thumbnailsOf(all)).toHaveLength(2);
    await createFiller(all).filler.run();
    expect(thumbnailsOf(all)).toHaveLength(6);
  });

  test('once all are made, the next start looks at none, unless some were archived without', async () => {
    const all = await startHere();
    await all.archive(await pictures(2));
    removeThumbnails(all);
    await createFiller(all).filler.run();
    const [made = ''] = filesIn(all.here.config.dataDir, 'thumbs').filter((name) => name.endsWith('.webp'));
    rmSync(join(all.here.config.dataDir, 'thumbs', made));
    await createFiller(all).filler.run();
    expect(thumbnailsOf(all)).toHaveLength(3);
    await createImageFiles(all.here.config.dataDir).thumbnails.setComplete(false);
    await createFiller(all).filler.run();
    expect(thumbnailsOf(all)).toHaveLength(4);
  });

  test('a decoder that is closed by a stop is no error, and leaves nothing unfinished', async () => {
    const all = await startHere();
    await all.archive(await pictures(2));
    removeThumbnails(all);
    const decoder = shareDecoder();
    const { filler, log } = createFiller(all, {
      decoder: {
        ...decoder,
        createThumbnails: async ({ thumbnails }) => {
          for (const { path } of thumbnails) writeFileSync(path, 'half');
          filler.stop();
          throw new Error('the mirror is stopping');
        },
      },
    });
    await filler.run();
    expect(log()).toBe('');
    expect(thumbnailsOf(all)).toEqual([]);
  });

  test('a running mirror makes them by itself', async () => {
    const all = await startHere();
    await all.archive(await pictures(2));
    removeThumbnails(all);
    await all.here.restart({ archiveImages: 'true' });
    await expect.poll(() => thumbnailsOf(all).length, { timeout: 20_000 }).toBe(4);
  });
});

test('what a crash left of unfinished thumbnails is removed at the next start', async () => {
  const all = await startHere();
  await all.archive(await pictures(1));
  const partial = join(all.here.config.dataDir, 'thumbs', 'partial');
  writeFileSync(join(partial, 'half'), 'half');
  await all.here.restart();
  expect(thumbnailsOf(all)).toEqual(namesOf(await imagesOf(all)));
});

/** Soft colours, as pictures have them: noise would differ after every scaling. */
function gradient(): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600"><linearGradient id="g"><stop stop-color="#c33"/>
    <stop offset="1" stop-color="#38c"/></linearGradient><rect width="900" height="600" fill="url(#g)"/></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png().toBuffer();
}

function readPixels(image: Sharp) {
  return image.flatten().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
}

async function* toChunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
