import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createImageFiles } from '../../src/archive/files.ts';
import { removeUnusedImages, UNUSED_FOR_MS } from '../../src/archive/remove-unused.ts';
import type { SettingName } from '../../src/config/setting-table.ts';
import type { ArchivedImage } from '../../src/store/contract/images.ts';
import { createBlackPng } from '../helpers/bombs.ts';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, removeUnused, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const [ID, OTHER_ID] = numberedIds(2);
const PICTURE = picture('png', { width: 1200, height: 600 });
/** Of 420 KB, which are sent as a stream. */
const LARGE_PICTURE = sharp(randomBytes(420_000), { raw: { width: 700, height: 200, channels: 3 } })
  .png()
  .toBuffer();

/** The status, once the body was read: an unread one keeps the server from stopping. */
async function statusOf(asked: Promise<Response>): Promise<number> {
  const answer = await asked;
  await answer.arrayBuffer();
  return answer.status;
}

/** A mirror with one task whose picture is archived. */
async function withPicture(settings: Partial<Record<SettingName, string>> = {}, bytesOf = PICTURE) {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  const bytes = await bytesOf;
  host.serve('/1', bytes);
  await storeTaskWithImages(here, ID, [`${host.url}/gone`, `${host.url}/1`]);
  await here.mirror.archiver.run();
  const [image] = await here.store.imagesOf([ID]);
  return { here, host, bytes, image: image as ArchivedImage };
}

describe('GET /images/:sha256', () => {
  test.each([
    ['small', PICTURE],
    ['large', LARGE_PICTURE],
  ])('a %s image arrives whole, and in parts', async (_size, bytesOf) => {
    const { here, bytes, image } = await withPicture({}, bytesOf);
    const read = async (range?: string) => {
      const answer = await here.get(`/images/${image.sha256}`, range === undefined ? {} : { range });
      return Buffer.from(await answer.arrayBuffer());
    };
    expect((await read()).equals(bytes)).toBe(true);
    for (const [start, end] of [
      [0, 0],
      [1, bytes.length - 1],
      [3, bytes.length - 2],
    ] as const)
      expect((await read(`bytes=${start}-${end}`)).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  test('serves the bytes, cacheable indefinitely, and nothing that a browser could run', async () => {
    const { here, bytes, image } = await withPicture();
    const answer = await here.get(`/images/${image.sha256}`);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${image.sha256}"`,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
  });

  test.each([
    ['"ETAG"', 304],
    ['W/"ETAG"', 304],
    ['"other", "ETAG"', 304],
    ['*', 304],
    ['"other"', 200],
  ])('If-None-Match %s', async (header, status) => {
    const { here, image } = await withPicture();
    const answer = await here.get(`/images/${image.sha256}`, {
      'if-none-match': header.replace('ETAG', image.sha256),
    });
    expect(answer.status).toBe(status);
    const body = await answer.arrayBuffer();
    if (status === 304) expect(body.byteLength).toBe(0);
  });

  test.each<[string, (size: number) => [number, number] | undefined, number]>([
    ['bytes=0-9', () => [0, 9], 206],
    ['bytes=5-', (size) => [5, size - 1], 206],
    ['bytes=-7', (size) => [size - 7, size - 1], 206],
    ['bytes=0-99999999', (size) => [0, size - 1], 206],
    ['bytes=99999999-', () => undefined, 416],
    ['bytes=0-1,4-5', (size) => [0, size - 1], 200],
    ['apples=1-2', (size) => [0, size - 1], 200],
    ['nonsense', (size) => [0, size - 1], 200],
  ])('Range %s', async (range, expected, status) => {
    const { here, bytes, image } = await withPicture();
    const answer = await here.get(`/images/${image.sha256}`, { range });
    expect(answer.status).toBe(status);
    const body = Buffer.from(await answer.arrayBuffer());
    const [start, end] = expected(bytes.length) ?? [];
    if (start === undefined || end === undefined) {
      expect(answer.headers.get('content-range')).toBe(`bytes */${bytes.length}`);
      return;
    }
    expect(body.equals(bytes.subarray(start, end + 1))).toBe(true);
    const contentRange = status === 206 ? `bytes ${start}-${end}/${bytes.length}` : null;
    expect(answer.headers.get('content-range')).toBe(contentRange);
  });

  test('If-Range with another ETag gives the complete image', async () => {
    const { here, image } = await withPicture();
    const range = { range: 'bytes=0-9', 'if-range': '"other"' };
    expect(await statusOf(here.get(`/images/${image.sha256}`, range))).toBe(200);
    const same = { range: 'bytes=0-9', 'if-range': `"${image.sha256}"` };
    expect(await statusOf(here.get(`/images/${image.sha256}`, same))).toBe(206);
  });

  test('HEAD has only headers', async () => {
    const { here, bytes, image } = await withPicture();
    const answer = await here.request(`/images/${image.sha256}`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    expect((await answer.arrayBuffer()).byteLength).toBe(0);
  });

  test.each([
    '/images/..%2f..%2fmirror.db',
    '/images/%00',
    `/images/${'A'.repeat(64)}`,
    `/images/${'a'.repeat(64)}`,
    '/thumbs/x',
  ])('%s is not found', async (path) => {
    const { here } = await withPicture();
    const answer = await here.get(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ success: false });
  });

  test('is private and requires a token if the mirror has tokens', async () => {
    const { here, image } = await withPicture({ tokens: 'secret' });
    expect(await statusOf(here.get(`/images/${image.sha256}`))).toBe(401);
    const answer = await here.get(`/images/${image.sha256}`, { authorization: 'Bearer secret' });
    await answer.arrayBuffer();
    expect(answer.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  });

  test.for<[string, (file: string, bytes: Buffer) => void]>([
    [
      'a flipped byte',
      (file, bytes) =>
        writeFileSync(
          file,
          bytes.map((byte, at) => (at === 5000 ? byte ^ 1 : byte)),
        ),
    ],
    ['more at its end', (file, bytes) => writeFileSync(file, Buffer.concat([bytes, Buffer.from('x')]))],
    ['a half', (file, bytes) => truncateSync(file, bytes.length >> 1)],
    ['nothing', (file) => truncateSync(file, 0)],
    ['no file', (file) => rmSync(file)],
  ])('a damaged file is never served, and is fetched again: %s', async ([, damage], context) => {
    const { here, host, bytes, image } = await withPicture();
    const { dataDir } = here.config;
    damage(join(dataDir, 'images', filesIn(dataDir, 'images')[0] ?? ''), bytes);
    let wrong = 0;
    for (const headers of [{}, { range: 'bytes=0-9' }, { 'if-none-match': '"other"' }]) {
      for (const path of [`/images/${image.sha256}`, `/thumbs/${image.sha256}`]) {
        const answer = await here.get(path, headers);
        if (answer.status !== 404 || !(await answer.text()).includes('"not_found"')) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
    await here.mirror.archiver.run();
    expect(host.paths.filter((path) => path === '/1')).toHaveLength(2);
    const mended = await here.get(`/images/${image.sha256}`);
    expect(Buffer.from(await mended.arrayBuffer()).equals(bytes)).toBe(true);
    showFigure(context, `wrong bytes served ${wrong} times`);
  });

  test.for<[string, (file: string, other: string) => void]>([
    ['nothing', () => undefined],
    ['a link to the same bytes', (file, other) => symlinkSync(other, file)],
    ['a folder', (file) => mkdirSync(file)],
    ['a pipe', (file) => execFileSync('mkfifo', [file])],
    ['a link in the place of its folder', (file, other) => replaceFolderByLink(file, other)],
    [
      'other bytes of the same length',
      (file, other) => writeFileSync(file, readFileSync(other).fill(0, 5000, 6000)),
    ],
  ])('a file that vanishes after it was served is 404, and is fetched again: %s', async ([, replace]) => {
    const { here, host, image } = await withPicture();
    const { dataDir } = here.config;
    const paths = [`/images/${image.sha256}`, `/thumbs/${image.sha256}?w=900`];
    expect(await statusOf(here.get(`/images/${image.sha256}`))).toBe(200);
    const file = join(dataDir, 'images', filesIn(dataDir, 'images')[0] ?? '');
    const other = join(dataDir, basename(file));
    renameSync(file, other);
    replace(file, other);
    const statuses = await Promise.all(paths.map((path) => statusOf(here.get(path))));
    expect(statuses).toEqual([404, 404]);
    expect(here.log()).not.toContain('"status":500');
    await here.mirror.archiver.run();
    expect(host.paths.filter((path) => path === '/1')).toHaveLength(2);
    // These are in the way of the new file.
    const isLinked = lstatSync(dirname(file)).isSymbolicLink();
    if (isLinked || lstatSync(file).isDirectory()) {
      expect(await here.store.failingImages(9)).toContainEqual(
        expect.objectContaining({ error: 'something else is in the place of its file' }),
      );
      rmSync(isLinked ? dirname(file) : file, { recursive: true });
    }
    here.clock.advance(3_600_000);
    await here.mirror.archiver.run();
    expect(await Promise.all(paths.map((path) => statusOf(here.get(path))))).toEqual([200, 200]);
  });

  test('a damaged file is found by doctor', async () => {
    const { here, image } = await withPicture();
    const doctor = () => runCli(['doctor', '--offline', '--data-dir', here.config.dataDir]);
    expect((await doctor()).stdout).toMatch(/^ok images: 1 have the bytes of their names$/m);
    const file = join(here.config.dataDir, 'images', filesIn(here.config.dataDir, 'images')[0] ?? '');
    writeFileSync(file, readFileSync(file).fill(0, 5000, 5001));
    const found = await doctor();
    expect(found.stdout).toMatch(new RegExp(`^!! images: ${image.sha256} is damaged or missing$`, 'm'));
    expect(found.code).toBe(1);
  });
});

/** Moves the folder of a file away, with the file in it, and puts a link there. */
function replaceFolderByLink(file: string, other: string): void {
  const moved = `${dirname(other)}/elsewhere`;
  renameSync(dirname(file), moved);
  renameSync(other, join(moved, basename(file)));
  symlinkSync(moved, dirname(file));
}

describe('GET /thumbs/:sha256', () => {
  test.each([
    ['', 320],
    ['?w=100', 320],
    ['?w=321', 640],
    ['?w=641', 960],
    ['?w=5000', 960],
  ])('%s is %i pixels wide', async (query, width) => {
    const { here, image } = await withPicture();
    const answer = await here.get(`/thumbs/${image.sha256}${query}`);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    const meta = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    expect([meta.format, meta.width, meta.height]).toEqual(['webp', width, width / 2]);
    expect(filesIn(here.config.dataDir, 'thumbs')).toHaveLength(width === 960 ? 3 : 2);
    expect(await (await here.get(`/thumbs/${image.sha256}?w=x`)).json()).toMatchObject({ success: false });
  });

  test.for<[string, (file: string, other: string) => void, number]>([
    ['nothing', () => undefined, 200],
    ['an empty file', (file) => writeFileSync(file, ''), 200],
    ['a link', (file, other) => symlinkSync(other, file), 200],
    ['a folder', (file) => mkdirSync(file), 404],
    ['a link in the place of its folder', (file, other) => replaceFolderByLink(file, other), 404],
  ])('a thumbnail that is replaced by %s is never followed, nor 500', async ([, replace, status]) => {
    const { here, image } = await withPicture();
    const { dataDir } = here.config;
    expect(await statusOf(here.get(`/thumbs/${image.sha256}`))).toBe(200);
    const file = join(dataDir, 'thumbs', filesIn(dataDir, 'thumbs')[0] ?? '');
    const other = join(dataDir, basename(file));
    renameSync(file, other);
    replace(file, other);
    expect(await statusOf(here.get(`/thumbs/${image.sha256}`))).toBe(status);
    if (status === 200) expect(lstatSync(file).isFile()).toBe(true);
  });

  test.each([
    [100, 20_000],
    [20_000, 100],
    [1, 60_000],
    [60_000, 1],
  ])('an image of %i × %i pixels has one', async (width, height) => {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    host.serve('/1', createBlackPng({ width, height }));
    await storeTaskWithImages(here, ID, [`${host.url}/1`]);
    await here.mirror.archiver.run();
    const [image] = await here.store.imagesOf([ID]);
    const answer = await here.get(`/thumbs/${image?.sha256}?w=960`);
    expect(answer.status).toBe(200);
    const thumbnail = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    expect(thumbnail.width).toBeLessThanOrEqual(960);
    expect(thumbnail.height).toBeLessThanOrEqual(4096);
  });

  test('an image that can not be decoded is tried once, and not for every request', async () => {
    const { here, image } = await withPicture();
    const bytes = createBlackPng({ width: 9900, height: 9900, bits: 16, isInterlaced: true });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const folder = join(here.config.dataDir, 'images', sha256.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    // As if archived by an earlier version.
    writeFileSync(join(folder, `${sha256}.png`), bytes);
    await here.store.archiveImage({ taskId: ID, n: 0 }, { ...image, sha256, bytes: bytes.length }, 0);
    for (let request = 0; request < 5; request += 1) {
      const answer = await here.get(`/thumbs/${sha256}`);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('needs more than')]);
    }
    expect(here.log().match(/an image has no thumbnail/g)).toHaveLength(1);
    here.clock.advance(2 * 3_600_000);
    expect(await statusOf(here.get(`/thumbs/${sha256}`))).toBe(404);
    expect(here.log().match(/an image has no thumbnail/g)).toHaveLength(2);
    expect(await statusOf(here.get(`/images/${sha256}`))).toBe(200);
  });

  test('concurrent requests share one thumbnail job', async () => {
    const { here, image } = await withPicture();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => here.get(`/thumbs/${image.sha256}?w=960`)),
    );
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(filesIn(here.config.dataDir, 'thumbs')).toHaveLength(3);
  });
});

describe('image links', () => {
  test('search hits have both, and what a page needs for its layout', async () => {
    const { here, host, bytes, image } = await withPicture({ basePath: '/flux' });
    const { items } = (await (await here.get('/api/search?q=picture')).json()) as {
      items: { images: unknown }[];
    };
    expect(items[0]?.images).toEqual([
      { url: `${host.url}/gone`, local: null },
      {
        url: `${host.url}/1`,
        local: {
          url: `/flux/images/${image.sha256}`,
          thumb_url: `/flux/thumbs/${image.sha256}`,
          sha256: image.sha256,
          media_type: 'image/png',
          bytes: bytes.length,
          width: 1200,
          height: 600,
          thumbhash: expect.stringMatching(/^[\w+/]+=*$/),
        },
      },
    ]);
  });

  test('drop-in responses keep the upstream’s, unless local ones are requested', async () => {
    const { here, host, image } = await withPicture();
    const retrieve = { action: 'retrieve', id: ID };
    const stored = (await here.store.get(ID))?.text ?? '';
    expect(await (await here.post(retrieve)).text()).toBe(stored);

    const expected = stored.replace(`${host.url}/1`, `${here.mirror.url}/images/${image.sha256}`);
    expect(expected).toContain(`${host.url}/gone`);
    const local = { 'x-flux-mirror-images': 'local' };
    expect(await (await here.post(retrieve, local)).text()).toBe(expected);
    const batch = await here.post({ action: 'retrieve_batch', ids: [ID] }, local);
    expect(await batch.text()).toBe(`{"items":[${expected}],"count":1}`);
    const list = await here.post(
      { action: 'retrieve_batch' },
      { ...local, 'cache-control': 'only-if-cached' },
    );
    expect(await list.text()).toBe(`{"items":[${expected}],"count":1}`);

    await here.restart({ rewriteImageUrls: 'true', callbackUrl: 'https://mirror.example/flux' });
    const always = (await (await here.post(retrieve)).json()) as {
      response: { data: { image_url: string }[] };
    };
    expect(always.response.data[1]?.image_url).toBe(`https://mirror.example/flux/images/${image.sha256}`);
  });
});

describe('removing a task', () => {
  test('removes the images that no other task has', async () => {
    const { here, host, image } = await withPicture();
    await storeTaskWithImages(here, OTHER_ID, [`${host.url}/1`]);
    await here.mirror.archiver.run();
    expect(await statusOf(here.get(`/thumbs/${image.sha256}`))).toBe(200);
    const forget = (id: string) => runCli(['forget', id, '--data-dir', here.config.dataDir]);

    expect(await forget(ID)).toMatchObject({ code: 0, stdout: '1 task forgotten\n' });
    expect(await statusOf(here.get(`/images/${image.sha256}`))).toBe(200);
    expect(await forget(OTHER_ID)).toMatchObject({ code: 0 });
    expect(await statusOf(here.get(`/images/${image.sha256}`))).toBe(404);
    expect(await removeUnused(here, Date.now())).toBe(1);
    expect(filesIn(here.config.dataDir, 'images')).toEqual([]);
    expect(filesIn(here.config.dataDir, 'thumbs')).toEqual([]);
    expect(await here.store.imageStats()).toMatchObject({ archived: 0, wanted: 0 });
    expect(await forget(ID)).toMatchObject({ code: 1, stderr: `not known: ${ID}\n` });
    expect(here.simulator.requests).toEqual([]);
  });

  test('through the upstream’s delete does the same', async () => {
    const { here, image } = await withPicture();
    here.simulator.seed([documentText({ id: ID })]);
    expect(await (await here.post({ action: 'delete', id: ID })).json()).toEqual({ id: ID, deleted: true });
    expect(await statusOf(here.get(`/images/${image.sha256}`))).toBe(404);
    await removeUnused(here);
    expect(filesIn(here.config.dataDir, 'images')).toEqual([]);
  });

  test('leaves its bytes for an hour, in which somebody else may archive the same ones', async () => {
    const { here, host, image } = await withPicture();
    const files = () => filesIn(here.config.dataDir, 'images');
    const path = `/images/${image.sha256}`;
    await here.store.remove(ID);
    expect([await statusOf(here.get(path)), files().length]).toEqual([404, 1]);
    here.clock.advance(UNUSED_FOR_MS - 1);
    const now = () => removeUnusedImages({ ...here, files: createImageFiles(here.config.dataDir) });
    expect([await now(), files().length]).toEqual([0, 1]);
    await storeTaskWithImages(here, OTHER_ID, [`${host.url}/1`]);
    await here.mirror.archiver.run();
    here.clock.advance(2 * UNUSED_FOR_MS);
    expect([await now(), files().length, await statusOf(here.get(path))]).toEqual([0, 1, 200]);
  });
});

describe('an image in a page of another origin', () => {
  const PAGE = 'https://app.example';
  const embed = (referer?: string) => ({
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'no-cors',
    'sec-fetch-dest': 'image',
    ...(referer === undefined ? {} : { referer }),
  });

  test('loads without crossorigin if the origin is allowed', async () => {
    const { here, image } = await withPicture({ allowedOrigins: PAGE });
    for (const path of [`/images/${image.sha256}`, `/thumbs/${image.sha256}`]) {
      const answer = await here.get(path, embed(`${PAGE}/gallery?x=1`));
      await answer.arrayBuffer();
      expect([answer.status, answer.headers.get('cross-origin-resource-policy')]).toEqual([
        200,
        'cross-origin',
      ]);
    }
  });

  test.each([
    ['of another page', `/images/`, 'https://evil.example/'],
    ['of a page whose address looks like it', `/images/`, 'https://app.example.evil.example/'],
    ['of a page that says nothing', `/images/`, undefined],
    ['of anything but an image', '/api/stats?', `${PAGE}/`],
  ])('is refused with the name of the setting: %s', async (_, path, referer) => {
    const { here, image } = await withPicture({ allowedOrigins: PAGE });
    const answer = await here.get(`${path}${image.sha256}`, embed(referer));
    const { error } = (await answer.json()) as { error: { message: string } };
    expect(answer.status).toBe(403);
    expect(error.message).toContain('FLUX_MIRROR_ALLOWED_ORIGINS');
  });

  test('stays private where no origin is allowed', async () => {
    const { here, image } = await withPicture();
    const answer = await here.get(`/images/${image.sha256}`);
    await answer.arrayBuffer();
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect((await here.get(`/images/${image.sha256}`, embed(`${PAGE}/`))).status).toBe(403);
  });
});
