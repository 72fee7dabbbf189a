import { lookup } from 'node:dns/promises';
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDecoder } from '../../../src/archive/decoding/decoder.ts';
import { ImageFailure } from '../../../src/archive/failure.ts';
import {
  createAnimatedPng,
  createAnimatedWebp,
  createBlackPng,
  createGif,
  createJpegOf,
} from '../../helpers/bombs.ts';
import { listChildProcesses, readPeakMemory } from '../../helpers/child-processes.ts';
import { numberedIds } from '../../helpers/documents.ts';
import { showFigure } from '../../helpers/figure.ts';
import { imageHost } from '../../helpers/image-host.ts';
import { filesIn, picture, storeTaskWithImages } from '../../helpers/images.ts';
import { closeSharedDecoder } from '../../helpers/shared-decoder.ts';
import { startTestMirror, temporaryDirectory } from '../../helpers/test-mirror.ts';

const [ID] = numberedIds(1);
const MIB = 1024 ** 2;
/** Just below what is decoded. */
const HEAVY_PNG = createBlackPng({ width: 5700, height: 5700, bits: 16, isInterlaced: true });

/** A mirror whose archiver has tried one task with these images. */
async function archiveImages(images: readonly Buffer[], whileArchiving = async (_: Promise<unknown>) => {}) {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host });
  for (const [at, bytes] of images.entries()) host.serve(`/${at}`, bytes);
  await storeTaskWithImages(
    here,
    ID,
    images.map((_, at) => `${host.url}/${at}`),
  );
  const archiving = here.mirror.archiver.run();
  const [counts] = await Promise.all([archiving, whileArchiving(archiving)]);
  return { here, counts, reasons: (await here.store.imageStats()).reasons };
}

/** Other children of this worker are a browser and a process for commands, which tests share. */
const listDecoders = () => listChildProcesses('decode-process');

beforeEach(async () => {
  closeSharedDecoder();
  await expect.poll(() => listDecoders() ?? []).toEqual([]);
});

const { href: module } = new URL('../../../src/app/decode-process.ts', import.meta.url);

function startDecoder(options = {}) {
  const decoder = createDecoder(new URL(module), options);
  onTestFinished(() => decoder.close());
  const directory = temporaryDirectory();
  const inspect = (bytes: Buffer, mediaType = 'image/png') => {
    const path = join(directory, 'image');
    writeFileSync(path, bytes);
    return decoder.inspectImage(path, mediaType);
  };
  return { decoder, directory, inspect };
}

describe('an image that would take too much to be decoded is refused by its header:', () => {
  const claimSize = async (bytes: Buffer, box: string, ...size: number[]) => {
    const at = bytes.indexOf(box) + 8;
    size.forEach((pixels, n) => {
      bytes.writeUInt32BE(pixels, at + 4 * n);
    });
    return bytes;
  };

  test.for<[string, string, () => Buffer | Promise<Buffer>, string]>([
    [
      'an interlaced PNG of 16 bits',
      'image/png',
      () => createBlackPng({ width: 9900, height: 9900, bits: 16, isInterlaced: true }),
      'needs more than',
    ],
    [
      'an interlaced PNG of 8 bits',
      'image/png',
      () => createBlackPng({ width: 9900, height: 9900, isInterlaced: true }),
      'needs more than',
    ],
    [
      'a progressive JPEG',
      'image/jpeg',
      () => createJpegOf({ width: 9000, height: 9000, progressive: true }),
      'needs more than',
    ],
    [
      'a WebP animation of many frames',
      'image/webp',
      () => createAnimatedWebp({ width: 2000, height: 2000, frames: 1000 }),
      'larger than',
    ],
    [
      'a WebP animation of large frames',
      'image/webp',
      () => createAnimatedWebp({ width: 9000, height: 9000 }),
      'needs more than',
    ],
    [
      'a GIF of many frames',
      'image/gif',
      () => createGif({ width: 2000, height: 2000, frames: 1000 }),
      'larger than',
    ],
    [
      'a GIF of large frames',
      'image/gif',
      () => createGif({ width: 9000, height: 9000, frames: 2, isCovering: true }),
      'needs more than',
    ],
    [
      'a large AVIF',
      'image/avif',
      async () => claimSize(await picture('avif'), 'ispe', 6000, 6000),
      'needs more than',
    ],
    [
      'a PNG of too many pixels',
      'image/png',
      () => createBlackPng({ width: 20_000, height: 20_000 }),
      'too many pixels',
    ],
  ])('%s', async ([, mediaType, create, reason], context) => {
    const { inspect } = startDecoder();
    const bytes = await create();
    await expect(inspect(bytes, mediaType)).rejects.toThrow(ImageFailure);
    await expect(inspect(bytes, mediaType)).rejects.toThrow(reason);
    const peaks = (listDecoders() ?? []).map(readPeakMemory);
    for (const peak of peaks) expect(peak).toBeLessThan(200 * MIB);
    showFigure(context, `${Math.round(Math.max(0, ...peaks) / MIB)} MiB at most`);
  });

  test('one that is turned, which needs all of it', async () => {
    const { inspect } = startDecoder();
    const turned = await createJpegOf({ width: 9900, height: 9900, orientation: 6 });
    await expect(inspect(turned, 'image/jpeg')).rejects.toThrow('needs more than');
  });
});

test.each<[string, string, () => Buffer | Promise<Buffer>, number]>([
  [
    'a large PNG of 16 bits, row by row',
    'image/png',
    () => createBlackPng({ width: 9000, height: 9000, bits: 16 }),
    9000,
  ],
  [
    'a JPEG of one scan',
    'image/jpeg',
    () =>
      sharp({ create: { width: 5000, height: 5000, channels: 3, background: 'red' } })
        .jpeg()
        .toBuffer(),
    5000,
  ],
  [
    'a GIF of a hundred frames',
    'image/gif',
    () => createGif({ width: 1000, height: 1000, frames: 100 }),
    1000,
  ],
  [
    'a WebP of a hundred frames',
    'image/webp',
    () => createAnimatedWebp({ width: 1000, height: 1000, frames: 100 }),
    1000,
  ],
  ['an animated PNG', 'image/png', () => createAnimatedPng(3), 1],
])('%s is decoded in little memory', async (_, mediaType, create, width) => {
  const { inspect } = startDecoder();
  expect(await inspect(await create(), mediaType)).toMatchObject({ width, height: width });
  for (const pid of listDecoders() ?? []) expect(readPeakMemory(pid)).toBeLessThan(350 * MIB);
});

test('pixel bombs take bounded memory, and files are read and names looked up meanwhile', async (context) => {
  const bomb = createBlackPng({ width: 9900, height: 9900, bits: 16, isInterlaced: true });
  const large = createBlackPng({ width: 4000, height: 4000, bits: 16, isInterlaced: true });
  let isDecoding = true;
  let reads = 0;
  const { here, counts, reasons } = await archiveImages([large, large, bomb, bomb], async (archiving) => {
    void archiving.finally(() => {
      isDecoding = false;
    });
    while (isDecoding) {
      await Promise.all([readFile(new URL(import.meta.url)), lookup('localhost')]);
      reads += 1;
    }
  });
  expect(counts).toEqual({ archived: 2, failed: 2 });
  expect(reasons).toEqual([{ error: expect.stringContaining('needs more than'), count: 2 }]);
  expect(filesIn(here.config.dataDir, 'images')).toHaveLength(1);
  const children = listDecoders() ?? [];
  expect(children.length).toBeLessThanOrEqual(2);
  const peaks = children.map(readPeakMemory);
  for (const peak of peaks) expect(peak).toBeLessThan(300 * MIB);
  // In-process decoders occupied the threads for that: there was one read for each image.
  expect(reads).toBeGreaterThan(10);
  showFigure(context, `${peaks.map((peak) => Math.round(peak / MIB)).join(' and ')} MiB, ${reads} reads`);
});

test('a decoder that takes too long is killed, and the next image is decoded', async () => {
  const { inspect } = startDecoder({ timeoutMs: 100 });
  await expect(inspect(HEAVY_PNG)).rejects.toThrow('took too long to decode');
  await expect.poll(() => listDecoders() ?? []).toEqual([]);
  const patient = startDecoder();
  expect(await patient.inspect(await picture('png'))).toMatchObject({ width: 400, height: 200 });
});

test('a decoder that crashes fails its image, and the next image is decoded', async () => {
  const { inspect } = startDecoder();
  await inspect(await picture('png'));
  const [pid] = listDecoders() ?? [];
  if (pid === undefined) return; // a system without /proc
  const heavy = inspect(HEAVY_PNG);
  process.kill(pid, 'SIGKILL');
  await expect(heavy).rejects.toThrow('its decoder crashed');
  expect(await inspect(await picture('png'))).toMatchObject({ width: 400, height: 200 });
});

test('the decoding process has no tokens in its environment', async () => {
  const { startProcess } = (await import(
    '../../../src/lib/worker.ts?sources' as string
  )) as typeof import('../../../src/lib/worker.ts');
  const directory = temporaryDirectory();
  const script = join(directory, 'print.mjs');
  writeFileSync(script, 'process.send(Object.keys(process.env)); process.disconnect();');
  process.env.FLUX_MIRROR_TOKENS = 'secret';
  onTestFinished(() => void delete process.env.FLUX_MIRROR_TOKENS);
  const names = await new Promise((resolve) =>
    startProcess(new URL(`file://${script}`)).once('message', resolve),
  );
  expect(names).toContain('PATH');
  expect(names).not.toContain('FLUX_MIRROR_TOKENS');
});

test('a link in the place of an image is not decoded', async () => {
  const { decoder, directory } = startDecoder();
  const target = join(directory, 'target.png');
  writeFileSync(target, await picture('png'));
  symlinkSync(target, join(directory, 'link.png'));
  await expect(decoder.inspectImage(join(directory, 'link.png'), 'image/png')).rejects.toThrow(
    'its file is missing',
  );
});

test('stopping ends a decoder in progress', async () => {
  const { decoder, inspect } = startDecoder();
  const heavy = inspect(HEAVY_PNG);
  await expect.poll(() => listDecoders()?.length ?? 1).toBe(1);
  decoder.close();
  await expect(heavy).rejects.toThrow('stopping');
  await expect.poll(() => listDecoders() ?? []).toEqual([]);
  await expect(inspect(HEAVY_PNG)).rejects.toThrow('stopping');
  expect(existsSync(new URL(module))).toBe(true);
});
