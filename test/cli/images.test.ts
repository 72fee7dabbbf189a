/** Commands of a mirror whose images are in a bucket, or move there and back. */

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createFolderImages } from '../../src/archive/folder-images.ts';
import { getImageKey } from '../../src/archive/image-storage.ts';
import { runCli } from '../helpers/cli.ts';
import { numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, storeTaskWithImages } from '../helpers/images.ts';
import { fail, SECRET_ACCESS_KEY, startObjectStore, type TestObjectStore } from '../helpers/object-store.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID] = numberedIds(1);
const BUCKET_URL = 's3://pictures/mirror';

/** A mirror that was stopped, with three images as files, and an empty bucket. */
async function withFiles(): Promise<{ here: TestMirror; store: TestObjectStore; run: Run }> {
  const [store, host] = [await startObjectStore(), await imageHost()];
  const here = await startTestMirror({ imageAllowHosts: host.host });
  for (const n of [1, 2, 3]) host.serve(`/${n}`, await picture('png', { shade: n }));
  await storeTaskWithImages(
    here,
    ID,
    [1, 2, 3].map((n) => `${host.url}/${n}`),
  );
  await here.mirror.archiver.run();
  const { dataDir } = here.config;
  const { FLUX_MIRROR_IMAGE_STORE: _, ...keys } = store.env;
  const run: Run = (args, env = {}) =>
    runCli([...args, '--data-dir', dataDir], {
      env: { ...keys, FLUX_MIRROR_OFFLINE: 'true', ...(env as Record<string, string>) },
    });
  return { here, store, run };
}
type Run = (args: string[], env?: Record<string, string>) => ReturnType<typeof runCli>;

const files = ({ config }: TestMirror) => filesIn(config.dataDir, 'images').sort();
const IN_BUCKET = { FLUX_MIRROR_IMAGE_STORE: BUCKET_URL };

describe('images move', () => {
  test('moves all images to a bucket and back, byte for byte, with nothing left behind', async () => {
    const { here, store, run } = await withFiles();
    const before = files(here);
    await here.mirror.stop();
    const there = await run(['images', 'move', '--to', `${BUCKET_URL}/`]);
    expect(there).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^3 images \(.* MB\) moved to s3:\/\/pictures\/mirror\n/),
    });
    expect(files(here)).toEqual([]);
    expect([...store.objects.keys()].sort()).toEqual(before.map((path) => `mirror/images/${path}`));
    expect(filesIn(here.config.dataDir, 'thumbs').length).toBeGreaterThan(3);

    const again = await run(['images', 'move', '--to', BUCKET_URL, '--json']);
    expect(JSON.parse(again.stdout)).toEqual({ moved: 0, present: 3, missing: 0, bytes: 0 });

    expect(await run(['images', 'move', '--to', 'folder'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--from s3://bucket/prefix'),
    });
    const back = await run(['images', 'move', '--to', 'folder', '--json'], IN_BUCKET);
    expect(JSON.parse(back.stdout)).toMatchObject({ moved: 3, present: 0, missing: 0 });
    expect([files(here), store.objects.size]).toEqual([before, 0]);
    expect(await run(['doctor'])).toMatchObject({
      stdout: expect.stringContaining('ok images: 3 have the bytes'),
    });
  }, 60_000);

  test('copies with --keep, beside a server, which is not robbed of its images', async () => {
    const { here, store, run } = await withFiles();
    const before = files(here);
    const pid = {
      stderr: expect.stringMatching(/a server \(pid \d+\) has its images in the data directory/),
    };
    expect(await run(['images', 'move', '--to', BUCKET_URL])).toMatchObject({ code: 1, ...pid });
    expect(store.objects.size).toBe(0);
    const copied = await run(['images', 'move', '--to', BUCKET_URL, '--keep']);
    expect(copied).toMatchObject({ code: 0, stdout: expect.stringContaining('3 images') });
    expect([files(here), store.objects.size]).toEqual([before, 3]);
    // The server has the new place by now.
    await here.restart(store.settings);
    store.requests.length = 0;
    const moved = await run(['images', 'move', '--to', BUCKET_URL, '--json'], IN_BUCKET);
    expect(JSON.parse(moved.stdout)).toMatchObject({ moved: 3, present: 0 });
    expect(files(here)).toEqual([]);
    expect(store.requests.filter((request) => request.startsWith('PUT'))).toEqual([]);
    const [image] = await here.store.imagesOf([ID]);
    expect((await here.get(`/images/${image?.sha256}`)).status).toBe(200);
  }, 60_000);

  test('keeps an image whose copy can’t be trusted, and goes on later', async () => {
    const { here, store, run } = await withFiles();
    const before = files(here);
    await here.mirror.stop();
    const [first = ''] = before;
    // An earlier copy of the same size, and other bytes.
    const damaged = Buffer.alloc(
      (await createFolderImages(here.config.dataDir).stat(nameOf(first)))?.bytes ?? 0,
    );
    store.objects.set(`mirror/images/${first}`, damaged);
    expect(await run(['images', 'move', '--to', BUCKET_URL])).toMatchObject({ code: 0 });
    expect(store.objects.get(`mirror/images/${first}`)?.equals(damaged)).toBe(false);
    expect(files(here)).toEqual([]);

    const { here: other, store: full, run: runOther } = await withFiles();
    await other.mirror.stop();
    const kept = files(other);
    full.answerAll((request, response) =>
      request.method === 'HEAD'
        ? response.writeHead(200, { etag: '"1"', 'content-length': 1 }).end()
        : fail(response, 507, 'QuotaExceeded'),
    );
    expect(await runOther(['images', 'move', '--to', BUCKET_URL])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/s3:\/\/pictures\/mirror: its quota is used up/),
    });
    expect(files(other)).toEqual(kept);
    full.answerAll(undefined);
    expect(await runOther(['images', 'move', '--to', BUCKET_URL])).toMatchObject({ code: 0 });
    expect(full.objects.size).toBe(3);
  }, 60_000);

  test('tells of images that are in neither place', async () => {
    const { here, run } = await withFiles();
    await here.mirror.stop();
    const [first = ''] = files(here);
    writeFileSync(join(here.config.dataDir, 'images', first), 'damaged');
    const { code, stdout, stderr } = await run(['images', 'move', '--to', BUCKET_URL]);
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/^2 images/),
      expect.stringContaining('1 image not found in the data directory, or damaged there'),
    ]);
    expect(files(here)).toEqual([first]);
  });

  test.each<[string[], RegExp]>([
    [['--to', 'elsewhere'], /it must be "folder", or s3:\/\/bucket\/prefix/],
    [['--to', 's3://UPPER'], /it must be/],
    [['--to', 's3://pictures/../x'], /it must be/],
    [['--to', 'folder', '--from', 'folder'], /are both the data directory/],
    [[], /required option '--to <place>' not specified/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runCli(['images', 'move', ...args], { cwd: temporaryDirectory() });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe('with images in a bucket', () => {
  test('commands tell where they are, and doctor asks a few times for all', async () => {
    const { here, store, run } = await withFiles();
    await here.mirror.stop();
    await run(['images', 'move', '--to', BUCKET_URL]);
    const [image] = await run(['get', ID], IN_BUCKET).then(({ stderr }) => stderr.split('\n'));
    expect(image).toMatch(/^archived: s3:\/\/pictures\/mirror\/images\/[0-9a-f]{2}\/[0-9a-f]{64}\.png$/);
    store.requests.length = 0;
    expect((await run(['doctor'], IN_BUCKET)).stdout).toContain(
      'ok images: 3 are in s3://pictures/mirror, with their sizes',
    );
    expect(store.requests.length).toBeLessThanOrEqual(4);
    const [key = ''] = store.objects.keys();
    store.objects.set(key, Buffer.from('short'));
    expect(await run(['doctor'], IN_BUCKET)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/!! images: [0-9a-f]{64} is missing, or has another size/),
    });
    store.answerAll((_, response) => fail(response, 403, 'InvalidAccessKeyId'));
    expect(await run(['doctor'], IN_BUCKET)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        '!! images: s3://pictures/mirror: AWS_ACCESS_KEY_ID is not known there',
      ),
    });
  }, 60_000);

  test('open shows a copy, and backup says what backs the images up', async (context) => {
    requireSqlite(context);
    const { here, store, run } = await withFiles();
    await here.mirror.stop();
    await run(['images', 'move', '--to', BUCKET_URL]);
    const { code, stdout } = await run(['open', ID], IN_BUCKET);
    expect([code, existsSync(stdout.trim())]).toEqual([0, true]);
    expect((await run(['open', '--print', ID], IN_BUCKET)).stdout).toMatch(
      /^s3:\/\/pictures\/mirror\/images\//,
    );
    expect(await run(['backup', '--with-images'], IN_BUCKET)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('the images are in s3://pictures/mirror'),
    });
    expect(await run(['backup'], IN_BUCKET)).toMatchObject({ code: 0 });
    expect(store.objects.size).toBe(3);
  }, 60_000);

  test('sync and forget do what they can while the store is away', async () => {
    const { here, store, run } = await withFiles();
    await here.mirror.stop();
    store.answerAll((_, response) => fail(response, 403, 'AccessDenied'));
    const env = { ...IN_BUCKET, FLUX_MIRROR_OFFLINE: 'false', FLUX_MIRROR_ARCHIVE_IMAGES: 'true' };
    const upstream = {
      ACEDATACLOUD_API_TOKEN: 'upstream-secret-token',
      ACEDATACLOUD_API_BASE_URL: here.simulator.url,
    };
    expect(await run(['sync'], { ...env, ...upstream })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('0 ids refreshed'),
      stderr: expect.stringMatching(/^s3:\/\/pictures\/mirror: access denied.*; no image is fetched$/m),
    });
    expect(await run(['status', '--json'], env).then(({ stdout }) => JSON.parse(stdout))).toMatchObject({
      images: { archived: 3, missing: 0 },
    });
    expect(await run(['forget', ID], env)).toMatchObject({ code: 0, stdout: '1 task forgotten\n' });
  }, 60_000);

  test('restore puts the images of a tar file there', async (context) => {
    requireSqlite(context);
    const { here, store, run } = await withFiles();
    const tar = join(temporaryDirectory(), 'all.tar');
    expect(await run(['backup', '--with-images', tar])).toMatchObject({ code: 0 });
    await here.mirror.stop();
    const dataDir = join(temporaryDirectory(), 'data');
    const restored = await runCli(['restore', tar, '--data-dir', dataDir], { env: store.env });
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('3 images') });
    expect(restored.stderr).not.toContain('without a file');
    expect([store.objects.size, filesIn(dataDir, 'images')]).toEqual([3, []]);
  }, 60_000);
});

describe('the settings of an object store', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'no keys',
      { FLUX_MIRROR_IMAGE_STORE: BUCKET_URL },
      /^flux-mirror: s3:\/\/pictures\/mirror needs AWS_ACCESS_KEY_ID and/,
    ],
    [
      'no bucket',
      { FLUX_MIRROR_IMAGE_STORE: 'https://a.example/x' },
      /FLUX_MIRROR_IMAGE_STORE: "https.*allowed: s3:\/\/bucket/,
    ],
    [
      'another encryption',
      { FLUX_MIRROR_IMAGE_STORE_ENCRYPTION: 'rot13' },
      /allowed: AES256, aws:kms or aws:kms:dsse/,
    ],
    [
      'a password in the address',
      { AWS_ENDPOINT_URL: 'http://me:s3cret@a.example' },
      /AWS_ENDPOINT_URL: "http:\/\/…@a.example"/,
    ],
    [
      'a file that is not there',
      { AWS_SECRET_ACCESS_KEY_FILE: '/nowhere' },
      /AWS_SECRET_ACCESS_KEY_FILE: "\/nowhere" can't be read/,
    ],
  ])('refuse %s in one line', async (_, env, message) => {
    const { code, stderr } = await runCli(['status'], { env });
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('s3cret');
  });

  test('take the keys from files', async () => {
    const { here, store, run } = await withFiles();
    await here.mirror.stop();
    const folder = temporaryDirectory();
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), `${text}\n`);
      return join(folder, name);
    };
    const moved = await run(['images', 'move', '--to', BUCKET_URL], {
      ...{ AWS_SECRET_ACCESS_KEY: '' },
      AWS_SECRET_ACCESS_KEY_FILE: file('secret', SECRET_ACCESS_KEY),
    });
    expect([moved.code, store.objects.size]).toEqual([0, 3]);
    const wrong = await run(['images', 'move', '--to', 'folder', '--from', BUCKET_URL], {
      AWS_SECRET_ACCESS_KEY: '',
      AWS_SECRET_ACCESS_KEY_FILE: file('empty', ''),
    });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('is empty') });
  });

  test('of a downloaded folder do not get the keys of a user', async () => {
    const { store } = await withFiles();
    const cwd = temporaryDirectory();
    const { AWS_SECRET_ACCESS_KEY = '', AWS_ACCESS_KEY_ID = '' } = store.env;
    writeFileSync(
      join(cwd, '.env'),
      `FLUX_MIRROR_IMAGE_STORE=${BUCKET_URL}\nAWS_ENDPOINT_URL=${store.url}\nAWS_SECRET_ACCESS_KEY_FILE=/etc/hostname\n`,
    );
    const keys = { AWS_SECRET_ACCESS_KEY, AWS_ACCESS_KEY_ID };
    const { code, stderr } = await runCli(['doctor'], { cwd, env: { ...keys, FLUX_MIRROR_OFFLINE: 'true' } });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(
        'sets FLUX_MIRROR_IMAGE_STORE, but not AWS_SECRET_ACCESS_KEY: set both in the same place',
      ),
    ]);
    // Nor is a file read that such a folder names.
    const none = await runCli(['doctor'], { cwd, env: { AWS_ACCESS_KEY_ID } });
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('needs AWS_ACCESS_KEY_ID and') });
    expect(store.requests).toEqual([]);
  });
});

function nameOf(path: string) {
  const image = { sha256: path.split('/')[1]?.split('.')[0] ?? '', mediaType: 'image/png' };
  expect(getImageKey(image)).toBe(`images/${path}`);
  return image;
}
