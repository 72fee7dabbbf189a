import { describe, expect, test } from 'vitest';
import { formatCsvLines } from '../../src/files/csv.ts';
import { FLUX } from '../../src/service/flux.ts';
import { createMp4 } from '../../src/simulator/mp4.ts';
import { getInputIndex } from '../../src/task/image-number.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const PATH = FLUX.generationPaths.videos;
const VIDEO = { model: 'flux-3', mode: 'i2v', prompt: 'a hippo dives', duration: 5 };
const MIB = 1024 * 1024;
/** The four bytes with which every Matroska file begins, and the type that makes it a WebM. */
const WEBM = Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d4287810442858102', 'hex');
/** A segment with one empty cluster in it; and one of unknown size, as live recordings have it. */
const SEGMENT = Buffer.from('1853806785' + '1f43b67580', 'hex');
const LIVE_SEGMENT = Buffer.from('18538067' + '01ffffffffffffff' + '1f43b67580', 'hex');

const generate = (here: TestMirror, body: unknown) =>
  here.request(PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const search = async (here: TestMirror, query: string) =>
  (
    (await (await here.get(`/api/search?q=${encodeURIComponent(query)}`)).json()) as {
      items: Record<string, unknown>[];
    }
  ).items;

/** A mirror with one finished task whose video is served by a host. */
async function withVideo(bytes: Uint8Array, settings: Parameters<typeof startTestMirror>[0] = {}) {
  const [id] = numberedIds(1);
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  host.serve('/v', bytes);
  const data = [{ video_url: `${host.url}/v`, seconds: 5.04, width: 1280, height: 704, fps: 24 }];
  const request = {
    ...VIDEO,
    keyframes: [
      [3, 'https://a.example/end.png'],
      [0, 'https://a.example/start.png'],
    ],
  };
  here.simulator.seed([documentText({ id, more: { request, response: { success: true, data } } })]);
  await here.post({ id });
  await here.mirror.archiver.run();
  const [image] = await here.store.imagesOf([id]);
  return { here, id, url: `${host.url}/v`, image };
}

describe(`POST ${PATH}`, () => {
  test('is forwarded as it came; its task is found at once, as a video, and finishes', async () => {
    const here = await startTestMirror({}, { taskDurationMs: 1000 });
    const answer = await generate(here, { ...VIDEO, async: true });
    const { task_id: id } = (await answer.json()) as { task_id: string };
    expect(here.simulator.requests.at(-1)).toMatchObject({
      path: PATH,
      body: JSON.stringify({ ...VIDEO, async: true }),
    });
    expect(await search(here, 'hippo')).toMatchObject([
      { id, state: 'pending', model: 'flux-3', videos: [] },
    ]);
    here.clock.advance(60_000);
    await here.mirror.runner.run({ trigger: 'schedule' });
    expect(await search(here, 'hippo')).toMatchObject([
      {
        id,
        state: 'succeeded',
        images: [],
        videos: [{ seconds: 5.041667, width: 1280, height: 704, fps: 24, poster_url: null, local: null }],
      },
    ]);
  });

  test('takes megabytes of keyframes as they arrive, and remembers what a task is found by', async () => {
    const here = await startTestMirror({}, { taskDurationMs: 1000 });
    const body = { ...VIDEO, async: true, keyframes: ['x'.repeat(10 * MIB), [2, 'y'.repeat(10 * MIB)]] };
    expect((await generate(here, body)).status).toBe(200);
    expect(here.simulator.requests.at(-1)?.body).toBe(JSON.stringify(body));
    expect(here.simulator.requests.at(-1)?.headers['content-length']).toBe(
      String(JSON.stringify(body).length),
    );
    expect(await search(here, 'hippo')).toMatchObject([{ state: 'pending', prompt: VIDEO.prompt }]);
  });

  test('a prompt is not needed for an upscale; a failure is the upstream’s own', async () => {
    const here = await startTestMirror();
    expect(
      (await generate(here, { action: 'upscale', input_video: 'https://a.example/v.mp4', async: true }))
        .status,
    ).toBe(200);
    expect((await generate(here, { mode: 't2v' })).status).toBe(400);
    await here.restart({ offline: 'true' });
    expect((await generate(here, VIDEO)).status).toBe(503);
  });
});

describe('an archived video', () => {
  test.each([
    ['video/mp4', createMp4('hippo')],
    ['video/webm', WEBM],
    ['video/webm', Buffer.concat([WEBM, SEGMENT])],
    ['video/webm', Buffer.concat([WEBM, LIVE_SEGMENT])],
  ])('of %s is served with ranges, and nothing a browser could run', async (type, bytes) => {
    const { here, image } = await withVideo(bytes);
    expect(image).toMatchObject({
      mediaType: type,
      bytes: bytes.length,
      width: 1280,
      height: 704,
      thumbhash: undefined,
    });
    const path = `/images/${image?.sha256}`;
    const whole = await here.get(path);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': type,
      'accept-ranges': 'bytes',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const part = await here.get(path, { range: 'bytes=4-7' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 4-7/${bytes.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(4, 8))).toBe(true);
    const thumb = await here.get(`/thumbs/${image?.sha256}`);
    expect(thumb.status).toBe(404);
  });

  test('is in hits, lists and CSV, with the start frame of its request', async () => {
    const { here, id, url, image } = await withVideo(createMp4('hippo'));
    const local = {
      url: `/images/${image?.sha256}`,
      sha256: image?.sha256,
      media_type: 'video/mp4',
      bytes: image?.bytes,
    };
    expect(await search(here, 'hippo')).toMatchObject([
      {
        id,
        images: [],
        videos: [
          {
            url,
            seconds: 5.04,
            width: 1280,
            height: 704,
            fps: 24,
            poster_url: 'https://a.example/start.png',
            local,
          },
        ],
      },
    ]);
    const [task] = await here.store.getMany(numberedIds(1));
    expect(formatCsvLines(task ? [task] : [])).toContain(`,${url},5.04,1280x704,24,,,,,,\r\n`);
    await here.simulator.stop();
    const list = await here.post(
      { action: 'retrieve_batch', type: 'videos' },
      { 'x-flux-mirror-images': 'local' },
    );
    expect(await list.json()).toMatchObject({
      items: [{ response: { data: [{ video_url: `${here.mirror.url}/images/${image?.sha256}` }] } }],
    });
  });

  test.each([
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>'), {}, 'not an MP4 or WebM video'],
    ['an image', Buffer.from('89504e470d0a1a0a', 'hex'), {}, 'not an MP4 or WebM video'],
    ['a half of an MP4', createMp4('x'.repeat(2000)).subarray(0, -1), {}, 'damaged or cut off'],
    [
      'an MP4 whose next part has only begun',
      Buffer.concat([createMp4('x'), Buffer.from([0, 0, 1])]),
      {},
      'damaged or cut off',
    ],
    ['a half of a WebM', Buffer.concat([WEBM, SEGMENT.subarray(0, -1)]), {}, 'damaged or cut off'],
    ['more than may be', createMp4('x'.repeat(2000)), { maxVideoBytes: '1kB' }, 'larger than 1000 bytes'],
  ])('is not made of %s', async (_, bytes, settings, reason) => {
    const { here, image } = await withVideo(bytes, settings);
    expect(image).toBeUndefined();
    // Its start frame can't be fetched either.
    const failing = await here.store.failingImages(9);
    expect(failing.filter(({ n }) => getInputIndex(n) === undefined)).toMatchObject([{ error: reason }]);
  });
});

describe('a batch whose answer is too large', () => {
  const ids = numberedIds(4);

  test('is halved, for callers and for the schedule, until what is too large is alone', async () => {
    const here = await startTestMirror();
    const filler = (id: string) => documentText({ id, more: { filler: 'x'.repeat(9 * MIB) } });
    here.simulator.seed(ids.map(filler));
    const answer = await here.post({ action: 'retrieve_batch', ids: ids.slice(0, 4) });
    expect(await answer.json()).toMatchObject({ count: 4 });
    await here.restart({ dataDir: `${here.config.dataDir}/other` });
    await here.store.track(ids, here.clock.now());
    await here.mirror.runner.run({ trigger: 'schedule' });
    expect((await here.store.getMany(ids)).map(({ state }) => state)).toEqual(Array(4).fill('succeeded'));
  });
});

test('one task that is too large hides no other', async () => {
  const here = await startTestMirror();
  const ids = numberedIds(5);
  here.simulator.seed(
    ids.map((id, at) => documentText({ id, more: at === 3 ? { filler: 'x'.repeat(33 * MIB) } : {} })),
  );
  const answer = await here.post({ action: 'retrieve_batch', ids });
  expect([answer.status, answer.headers.get('x-flux-mirror-unfetched')]).toEqual([200, '1']);
  expect(await answer.json()).toMatchObject({ count: 4 });
});

test('a seed of any size is found and shown exactly', async () => {
  const here = await startTestMirror();
  const seeds = ['-7', '9007199254740993', '18446744073709551615', '12'];
  here.simulator.seed(
    numberedIds(4).map((id, at) => documentText({ id }).replace('"seed":7', `"seed":${seeds[at]}`)),
  );
  await here.post({ action: 'retrieve_batch', ids: numberedIds(4) });
  for (const seed of seeds) {
    const shown = Number.isSafeInteger(Number(seed)) ? Number(seed) : seed;
    expect(await search(here, `seed:${seed}`)).toMatchObject([{ seed: shown }]);
    expect(await search(here, `seed:${seed}1`)).toEqual([]);
  }
  const tasks = await here.store.getMany(numberedIds(4));
  expect(formatCsvLines(tasks).match(/1024x1024,[-\d]+,/g)).toEqual(
    seeds.map((seed) => `1024x1024,${seed},`),
  );
});
