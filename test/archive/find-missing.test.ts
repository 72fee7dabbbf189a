import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createImageFiles } from '../../src/archive/files.ts';
import { recordMissingFiles } from '../../src/archive/find-missing.ts';
import { runCli } from '../helpers/cli.ts';
import { numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, storeTaskWithImages } from '../helpers/images.ts';
import { requireSqlite } from '../helpers/test-engine.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';

const [ID, OTHER_ID] = numberedIds(2);

/** A mirror with two tasks whose three pictures are archived. */
async function withPictures(settings: Parameters<typeof startTestMirror>[0] = {}) {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  for (const n of [1, 2, 3]) host.serve(`/${n}`, await picture('png', { shade: n }));
  await storeTaskWithImages(here, ID, [`${host.url}/1`, `${host.url}/2`]);
  await storeTaskWithImages(here, OTHER_ID, [`${host.url}/3`, `${host.url}/1`]);
  await here.mirror.archiver.run();
  return { here, host, images: join(here.config.dataDir, 'images') };
}

const findMissing = ({ store, clock, config }: TestMirror) =>
  recordMissingFiles({ store, clock, files: createImageFiles(config.dataDir) });
const findLinks = async (here: TestMirror) => {
  const hits = (await (await here.get('/api/search?q=picture')).json()) as {
    items: { images: { local: unknown }[] }[];
  };
  return hits.items.flatMap(({ images }) => images.map(({ local }) => local !== null));
};
const readReasons = async (here: TestMirror) =>
  ((await (await here.get('/readyz')).json()) as { reasons: string[] }).reasons.filter((reason) =>
    /no file/.test(reason),
  );

describe('archived images whose files are missing', () => {
  test('are found at the start, reported, not linked to, and fetched again', async () => {
    const { here, host, images } = await withPictures();
    expect(await findLinks(here)).toEqual([true, true, true, true]);
    rmSync(images, { recursive: true });
    await here.restart();
    await expect.poll(() => here.store.countMissingImages()).toBe(3);
    expect(await readReasons(here)).toEqual([expect.stringContaining('3 archived images have no file')]);
    expect(await (await here.get('/api/stats')).json()).toMatchObject({
      images: { archived: 0, bytes: 0, wanted: 4, missing: 3 },
    });
    const status = await runCli(['status', '--data-dir', here.config.dataDir]);
    expect(status.stdout).toMatch(/4 to fetch, 0 given up, 3 without a file/);
    expect(status.stdout).toMatch(/4 × its file is missing/);
    expect(await findLinks(here)).toEqual([false, false, false, false]);
    const local = await here.post({ action: 'retrieve', id: ID }, { 'x-flux-mirror-images': 'local' });
    expect(await local.text()).toBe((await here.store.get(ID))?.text);
    await expect.poll(() => here.log()).toContain('archived images have no file');

    await here.mirror.archiver.run();
    expect(await findLinks(here)).toEqual([true, true, true, true]);
    expect(await readReasons(here)).toEqual([]);
    expect(await here.store.imageStats()).toMatchObject({ archived: 3, wanted: 0, reasons: [] });
    // The image that two tasks share was fetched once more, not twice, or both at the same time.
    expect(host.paths.length).toBeLessThanOrEqual(8);
  });

  test('are found again when someone copies them here, damaged ones excepted', async () => {
    const { here, host, images } = await withPictures();
    const copy = join(temporaryDirectory(), 'images');
    cpSync(images, copy, { recursive: true });
    rmSync(images, { recursive: true });
    await findMissing(here);
    cpSync(copy, images, { recursive: true });
    writeFileSync(join(images, filesIn(here.config.dataDir, 'images')[0] ?? ''), 'damaged');
    expect(await findMissing(here)).toEqual({ checked: 3, missing: 0, found: 2 });
    expect(await here.store.countMissingImages()).toBe(1);
    const fetched = host.paths.length;
    await here.mirror.archiver.run();
    expect(host.paths.length).toBeLessThanOrEqual(fetched + 2);
    expect(await findLinks(here)).toEqual([true, true, true, true]);
  });

  test('a file that is served again counts as found', async () => {
    const { here, images } = await withPictures();
    const copy = join(temporaryDirectory(), 'images');
    cpSync(images, copy, { recursive: true });
    rmSync(images, { recursive: true });
    await findMissing(here);
    const [image] = await here.store.archivedImages('');
    const path = `/images/${image?.sha256}`;
    expect((await here.get(path)).status).toBe(404);
    cpSync(copy, images, { recursive: true });
    const answer = await here.get(path);
    await answer.arrayBuffer();
    expect(answer.status).toBe(200);
    expect(await here.store.countMissingImages()).toBe(2);
  });

  test('whose links no longer work are backed off from, however often they are asked for or looked for', async () => {
    const { here, host, images } = await withPictures();
    rmSync(images, { recursive: true });
    for (const n of [1, 2, 3]) host.serve(`/${n}`, (response) => response.writeHead(404).end());
    await findMissing(here);
    await here.mirror.archiver.run();
    const tries = host.paths.length;
    const [image] = await here.store.archivedImages('');
    for (let request = 0; request < 3; request += 1) {
      await (await here.get(`/images/${image?.sha256}`)).arrayBuffer();
      expect(await findMissing(here)).toEqual({ checked: 3, missing: 0, found: 0 });
      await here.mirror.archiver.run();
    }
    expect(host.paths).toHaveLength(tries);
    expect(await findLinks(here)).toEqual([false, false, false, false]);
  });

  test('are forgotten when the host has another picture by now', async () => {
    const { here, host, images } = await withPictures();
    rmSync(images, { recursive: true });
    await findMissing(here);
    for (const n of [1, 2, 3]) host.serve(`/${n}`, await picture('png', { shade: 10 + n }));
    await here.mirror.archiver.run();
    expect(await here.store.countMissingImages()).toBe(0);
    expect(await here.store.archivedImages('')).toHaveLength(3);
  });

  test.each<[string, (path: string) => void]>([
    ['a folder in the place of a file', (path) => mkdirSync(path)],
    ['a link', (path) => symlinkSync('/etc/hostname', path)],
  ])('are not taken for there because of %s', async (_, replace) => {
    const { here, images } = await withPictures();
    const path = join(images, filesIn(here.config.dataDir, 'images')[0] ?? '');
    rmSync(path);
    replace(path);
    expect(await findMissing(here)).toEqual({ checked: 3, missing: 1, found: 0 });
  });

  test('are told of by restore on another machine, and by a sync there', async (context) => {
    requireSqlite(context);
    const { here } = await withPictures();
    const backup = join(temporaryDirectory(), 'b.db');
    const run = (command: string, ...args: string[]) => runCli([command, ...args]);
    expect(await run('backup', backup, '--data-dir', here.config.dataDir)).toMatchObject({ code: 0 });
    const dataDir = join(temporaryDirectory(), 'data');
    const restored = await run('restore', backup, '--json', '--data-dir', dataDir);
    expect(restored.stderr).toContain('3 archived images without a file');
    expect(JSON.parse(restored.stdout)).toMatchObject({ missing_images: 3 });
    const env = {
      FLUX_MIRROR_ARCHIVE_IMAGES: 'true',
      FLUX_MIRROR_IMAGE_ALLOW_HOSTS: here.config.imageAllowHosts.join(),
      ACEDATACLOUD_API_TOKEN: 'upstream-secret-token',
      ACEDATACLOUD_API_BASE_URL: here.simulator.url,
    };
    const synced = await runCli(['sync', '--data-dir', dataDir], { env });
    expect(synced.stdout).toContain('images archived, 0 failed');
    expect(filesIn(dataDir, 'images')).toHaveLength(3);
  });
});

test('many images are checked without opening them', async (context) => {
  const COUNT = 600; // more than a page
  const here = await startTestMirror();
  const files = createImageFiles(here.config.dataDir);
  await storeTaskWithImages(here, ID, Array(COUNT).fill('https://a.example/1'));
  for (let n = 0; n < COUNT; n += 1) {
    const sha256 = n.toString(16).padStart(4, '0').padEnd(64, '0');
    const image = {
      sha256,
      mediaType: 'image/png',
      bytes: 1,
      width: 1,
      height: 1,
      thumbhash: new Uint8Array(5),
    };
    await here.store.archiveImage({ taskId: ID, n }, image, 0);
    mkdirSync(join(files.locate(image), '..'), { recursive: true });
    // One in ten is missing; opening the others would show that their bytes are wrong.
    if (n % 10 > 0) writeFileSync(files.locate(image), '');
  }
  const start = performance.now();
  expect(await recordMissingFiles({ ...here, files })).toEqual({
    checked: COUNT,
    missing: COUNT / 10,
    found: 0,
  });
  showFigure(context, `${Math.round(performance.now() - start)} ms for ${COUNT}`);
});
