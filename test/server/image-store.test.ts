/** A mirror whose images are in an object store: as one whose images are files, and what happens while the store is away. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { openBucket } from '../../src/app/open-bucket.ts';
import { openLocalMirror } from '../../src/app/open-local-mirror.ts';
import { createBucketImages } from '../../src/archive/bucket-images.ts';
import { createImageFiles } from '../../src/archive/files.ts';
import { recordMissingFiles } from '../../src/archive/find-missing.ts';
import { getImageKey } from '../../src/archive/image-storage.ts';
import { createReceivedFiles } from '../../src/archive/received-files.ts';
import { removeUnusedImages, UNUSED_FOR_MS } from '../../src/archive/remove-unused.ts';
import type { SettingName } from '../../src/config/setting-table.ts';
import { createLog } from '../../src/lib/log.ts';
import { MirrorError } from '../../src/mcp/mirror-access.ts';
import type { ArchivedImage } from '../../src/store/contract/images.ts';
import { startCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { type ImageHost, imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, storeTaskWithImages } from '../helpers/images.ts';
import { fail, startObjectStore, type TestObjectStore } from '../helpers/object-store.ts';
import { readZip } from '../helpers/read-zip.ts';
import { createEngineEnv } from '../helpers/test-engine.ts';
import {
  fillDataDir,
  startTestMirror,
  type TestMirror,
  temporaryDirectory,
  UPSTREAM_TOKEN,
} from '../helpers/test-mirror.ts';

const [ID, OTHER_ID] = numberedIds(2);

interface Here {
  readonly here: TestMirror;
  readonly store: TestObjectStore;
  readonly host: ImageHost;
  readonly bytes: Buffer;
  readonly image: ArchivedImage;
  readonly path: string;
}

/** A mirror with a picture in its bucket. */
async function withPicture(settings: Partial<Record<SettingName, string>> = {}): Promise<Here> {
  const [store, host] = [await startObjectStore(), await imageHost()];
  const here = await startTestMirror({ imageAllowHosts: host.host, ...store.settings, ...settings });
  const bytes = await picture('png', { width: 1200, height: 800 });
  host.serve('/1', bytes);
  await storeTaskWithImages(here, ID, [`${host.url}/1`]);
  await here.mirror.archiver.run();
  const [image] = await here.store.imagesOf([ID]);
  if (!image) throw new Error(`it was not archived: ${JSON.stringify(await here.store.imageStats())}`);
  return { here, store, host, bytes, image, path: `/images/${image.sha256}` };
}

function openFiles({ config, clock }: TestMirror) {
  if (!config.imageStore) throw new Error('it has a bucket');
  const bucket = openBucket(config, { clock, random: () => 0.5 }, config.imageStore);
  return createImageFiles(config.dataDir, createBucketImages(bucket, createReceivedFiles(config.dataDir)));
}

const readReasons = async (here: TestMirror) =>
  ((await (await here.get('/readyz')).json()) as { reasons: string[] }).reasons.filter((reason) =>
    reason.startsWith('images:'),
  );
const readGauge = async (here: TestMirror) =>
  /^flux_mirror_image_storage_working (\d)$/m.exec(await (await here.get('/metrics')).text())?.[1];
/** As a network that is gone. */
const unplug = (store: TestObjectStore) => store.answerAll((request) => void request.destroy());

describe('an image in a bucket', () => {
  test('is an object named by its hash; nothing but its thumbnails stays here', async () => {
    const { here, store, bytes, image } = await withPicture();
    expect([...store.objects.keys()]).toEqual([`mirror/${getImageKey(image)}`]);
    expect(store.objects.get(`mirror/${getImageKey(image)}`)?.equals(bytes)).toBe(true);
    expect(filesIn(here.config.dataDir, 'images')).toEqual([]);
    expect(filesIn(here.config.dataDir, 'thumbs')).toHaveLength(2);
  });

  test('is served whole, in ranges, not again, and without a body', async () => {
    const { here, store, bytes, image, path } = await withPicture();
    const whole = await here.get(path);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    expect(whole.headers.get('content-length')).toBe(String(bytes.length));
    for (const [start, end] of [
      [0, 9],
      [100, bytes.length - 1],
    ] as const) {
      const part = await here.get(path, { range: `bytes=${start}-${end}` });
      expect([part.status, part.headers.get('content-range')]).toEqual([
        206,
        `bytes ${start}-${end}/${bytes.length}`,
      ]);
      expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(start, end + 1))).toBe(true);
    }
    expect((await here.get(path, { range: `bytes=${bytes.length}-` })).status).toBe(416);
    expect((await here.get(path, { 'if-none-match': `"${image.sha256}"` })).status).toBe(304);
    store.requests.length = 0;
    const head = await here.request(path, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)]);
    expect(store.requests.map((request) => request.split(' ')[0])).toEqual(['HEAD']);
  });

  test('gets a thumbnail of another width from a copy that does not stay', async () => {
    const { here, image } = await withPicture();
    const answer = await here.get(`/thumbs/${image.sha256}?w=960`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/webp']);
    await answer.arrayBuffer();
    expect(readdirSync(join(here.config.dataDir, 'images', 'partial'))).toEqual([]);
  });

  test('is part of a zip, whose size is known in advance', async () => {
    const { here, bytes } = await withPicture();
    const download = () =>
      here.request('/api/download', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ids: [ID] }),
      });
    const answer = await download();
    const zip = Buffer.from(await answer.arrayBuffer());
    expect(answer.headers.get('content-length')).toBe(String(zip.length));
    const entries = await readZip(zip);
    expect([...entries.values()].some((content) => bytes.equals(content))).toBe(true);
  });

  test('that is damaged or gone is never served, and is fetched again', async () => {
    const { here, store, bytes, image, path, host } = await withPicture();
    const key = `mirror/${getImageKey(image)}`;
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 1] = 1;
    for (const wrong of [damaged, Buffer.from('short'), undefined]) {
      if (wrong) store.objects.set(key, wrong);
      else store.objects.delete(key);
      expect((await here.get(path)).status).toBe(404);
      expect(await here.store.countMissingImages()).toBe(1);
      await here.mirror.archiver.run();
      expect(Buffer.from(await (await here.get(path)).arrayBuffer()).equals(bytes)).toBe(true);
    }
    expect(host.paths).toHaveLength(4);
  });

  test('is not fetched from the store by a link of a task: that it is private counts there', async () => {
    const { here, store, image } = await withPicture();
    store.requests.length = 0;
    await storeTaskWithImages(here, OTHER_ID, [`${store.url}/pictures/mirror/${getImageKey(image)}`]);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 0, failed: 1 });
    expect(store.requests).toEqual([]);
    expect((await here.store.imageStats()).reasons).toEqual([
      { error: expect.stringContaining('refused'), count: 1 },
    ]);
  });

  test('is removed an hour after no task has it', async () => {
    const { here, store, path } = await withPicture();
    await here.store.remove(ID);
    expect((await here.get(path)).status).toBe(404);
    expect(store.objects.size).toBe(1);
    here.clock.advance(UNUSED_FOR_MS);
    expect(await removeUnusedImages({ ...here, files: openFiles(here) })).toBe(1);
    expect(store.objects.size).toBe(0);
    expect(filesIn(here.config.dataDir, 'thumbs')).toEqual([]);
  });

  test('whose removal fails is removed later', async () => {
    const { here, store } = await withPicture();
    await here.store.remove(ID);
    here.clock.advance(UNUSED_FOR_MS);
    unplug(store);
    const files = openFiles(here);
    await expect(removeUnusedImages({ ...here, files })).rejects.toThrow('does not answer');
    store.answerAll(undefined);
    here.clock.advance(UNUSED_FOR_MS);
    expect(await removeUnusedImages({ ...here, files })).toBe(1);
    expect(store.objects.size).toBe(0);
  });
});

describe('while the object store is away', () => {
  test('images are 503, everything else is served, and nothing is taken for missing', async () => {
    const { here, store, image, path } = await withPicture();
    unplug(store);
    const answer = await here.get(path);
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      503,
      '5',
      {
        success: false,
        error: { code: 'api_error', message: "the mirror can't reach its images at the moment" },
        trace_id: expect.any(String),
      },
    ]);
    expect((await here.request(path, { method: 'HEAD' })).status).toBe(503);
    expect((await here.get(`/thumbs/${image.sha256}?w=960`)).status).toBe(503);
    expect((await here.get(`/thumbs/${image.sha256}`)).status).toBe(200);
    expect((await here.post({ action: 'retrieve', id: ID })).status).toBe(200);
    await expect(recordMissingFiles({ ...here, files: openFiles(here) })).rejects.toThrow('does not answer');
    expect(await here.store.countMissingImages()).toBe(0);
    expect(await readReasons(here)).toEqual([
      `images: s3://pictures/mirror does not answer at ${store.url}: connection reset by peer`,
    ]);
    expect(await readGauge(here)).toBe('0');
    store.answerAll(undefined);
    expect((await here.get(path)).status).toBe(200);
    expect(await readReasons(here)).toEqual([]);
    expect(await readGauge(here)).toBe('1');
  });

  test('no image counts as archived, no link as tried, and all of them follow later', async () => {
    const { here, store, host, path } = await withPicture();
    host.serve('/2', await picture('png', { shade: 2 }));
    unplug(store);
    await storeTaskWithImages(here, OTHER_ID, [`${host.url}/2`]);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 0, failed: 1 });
    expect(await here.store.imagesOf([OTHER_ID])).toEqual([]);
    const asked = host.paths.length;
    await here.mirror.archiver.run(); // not before a minute has passed
    expect(host.paths).toHaveLength(asked);
    expect(await here.store.imageStats()).toMatchObject({
      archived: 1,
      wanted: 1,
      givenUp: 0,
      reasons: [{ error: expect.stringContaining('does not answer'), count: 1 }],
    });
    expect(filesIn(here.config.dataDir, 'images')).toEqual([]);
    store.answerAll(undefined);
    here.clock.advance(60_000);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
    expect(store.objects.size).toBe(2);
    expect((await here.get(path)).status).toBe(200);
  });

  test('agents are told so, and nothing else', async () => {
    const { here, store, image } = await withPicture();
    const log = createLog({ level: 'silent', format: 'json' });
    const { mirror, close } = await openLocalMirror(here.config, { clock: here.clock, log });
    unplug(store);
    await expect(mirror.readThumbnail(image.sha256, 960)).rejects.toThrow(
      new MirrorError("the mirror can't reach its images at the moment"),
    );
    store.answerAll(undefined);
    expect((await mirror.readThumbnail(image.sha256, 960)).length).toBeGreaterThan(100);
    await close();
  });

  test('a server starts, says so once, and works when it is back', async () => {
    const { here, store, path } = await withPicture();
    store.answerAll((_, response) => fail(response, 403, 'AccessDenied'));
    await here.restart();
    await expect.poll(() => here.log()).toContain('images: s3://pictures/mirror: access denied');
    expect((await here.get(path)).status).toBe(503);
    expect(await (await here.get('/readyz')).json()).toMatchObject({ status: 'ready' });
    expect(await readReasons(here)).toEqual([
      expect.stringContaining('access denied: the key needs GetObject'),
    ]);
    expect(await (await here.get('/api/health')).json()).toMatchObject({ state: 'other' });
    store.answerAll(undefined);
    expect((await here.get(path)).status).toBe(200);
    await expect
      .poll(() => here.log(), { timeout: 15_000 })
      .toContain('images can be stored and served again');
    expect(here.log().match(/"msg":"images: s3/g)).toHaveLength(1);
  }, 30_000);

  test.each<[string, (store: TestObjectStore) => void]>([
    ['has no such bucket', (store) => store.answerAll((_, response) => fail(response, 404, 'NoSuchBucket'))],
    [
      'answers nonsense',
      (store) =>
        store.answerAll((_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>')),
    ],
    ['is overloaded', (store) => store.answerAll((_, response) => fail(response, 503, 'SlowDown'))],
  ])('no image is taken for missing: it %s', async (_, spoil) => {
    const { here, store, path } = await withPicture();
    spoil(store);
    expect((await here.get(path)).status).toBe(503);
    expect((await here.request(path, { method: 'HEAD' })).status).toBe(503);
    const download = await here.request('/api/download', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [ID] }),
    });
    expect(download.status).toBe(503);
    expect(await here.store.countMissingImages()).toBe(0);
  });

  test('a download that it interrupts breaks off, and is not taken for complete', async () => {
    const { here, store, bytes } = await withPicture();
    store.answerAll((request, response) => {
      const isRead = request.method === 'GET';
      response.writeHead(200, { etag: '"1"', 'content-length': bytes.length });
      if (!isRead) response.end();
      else response.write(bytes.subarray(0, 100), () => response.destroy());
    });
    const answer = await here.request('/api/download', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ids: [ID] }),
    });
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
  });
});

test('a server that is killed between the upload and its record archives the image again, once', async () => {
  const [store, host, dataDir] = [await startObjectStore(), await imageHost(), temporaryDirectory()];
  host.serve('/1', await picture('png'));
  const more = { response: { success: true, data: [{ prompt: 'a picture', image_url: `${host.url}/1` }] } };
  await fillDataDir(dataDir, [documentText({ id: ID, more })]);
  const env = {
    ...store.env,
    ...(await createEngineEnv(dataDir)),
    ...{ FLUX_MIRROR_ARCHIVE_IMAGES: 'true', FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host.host },
    ...{ FLUX_MIRROR_PORT: '0', FLUX_MIRROR_SYNC_CRON: 'off', ACEDATACLOUD_API_TOKEN: UPSTREAM_TOKEN },
  };
  const server = startCli(['serve', '--data-dir', dataDir], { env });
  store.answerAll(async (request, response) => {
    if (request.method !== 'PUT') return fail(response, 404, 'NoSuchKey');
    const key = new URL(request.url ?? '', store.url).pathname.split('/').slice(2).join('/');
    store.objects.set(key, await buffer(request));
    server.kill('SIGKILL');
  });
  await once(server, 'exit');
  expect(store.objects.size).toBe(1);
  const [key] = store.objects.keys();
  store.answerAll(undefined);

  const here = await startTestMirror({ dataDir, imageAllowHosts: host.host, ...store.settings });
  expect(await here.store.imagesOf([ID])).toEqual([]);
  // When the lease of the one that was killed is over.
  here.clock.set(Date.now() - here.clock.now() + 3_600_000);
  expect(await here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
  expect([...store.objects.keys()]).toEqual([key]);
  here.clock.advance(2 * UNUSED_FOR_MS);
  expect(await removeUnusedImages({ ...here, files: openFiles(here) })).toBe(0);
  expect((await here.get(`/images/${key?.split('/').at(-1)?.split('.')[0]}`)).status).toBe(200);
}, 60_000);

test('what was uploaded for a task that is gone is removed an hour later', async () => {
  const { here, store, host } = await withPicture();
  host.serve('/2', await picture('png', { shade: 2 }));
  await storeTaskWithImages(here, OTHER_ID, [`${host.url}/2`]);
  store.answerAll(async (request, response) => {
    if (request.method === 'PUT') await here.store.remove(OTHER_ID);
    store.answerAll(undefined);
    request.destroy(); // it is sent again
    response.destroy();
  });
  await here.mirror.archiver.run();
  expect(store.objects.size).toBe(2);
  here.clock.advance(2 * UNUSED_FOR_MS);
  expect(await removeUnusedImages({ ...here, files: openFiles(here) })).toBe(1);
  expect(store.objects.size).toBe(1);
});
