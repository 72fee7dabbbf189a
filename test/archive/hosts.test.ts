/** Hosts of images that are slow or down: what it costs them, and the images of other hosts. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { runCli } from '../helpers/cli.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { type ImageAnswer, type ImageHost, imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror, temporaryDirectory } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

const png = picture('png', { width: 8, height: 8 });
const unavailable =
  (headers: Record<string, string> = {}): ImageAnswer =>
  (response) =>
    response.writeHead(503, headers).end();
/** A byte now and then, without end. */
const trickle: ImageAnswer = (response) => {
  response.writeHead(200, { 'content-type': 'image/png' });
  const timer = setInterval(() => response.write('x'), 20);
  response.once('close', () => clearInterval(timer));
};

/** Stores tasks with one image each; the last ones are the newest. @returns the paths */
async function addImages(here: TestMirror, host: Pick<ImageHost, 'url'>, name: string, count: number) {
  const paths = Array.from({ length: count }, (_, at) => `/${name}${at}`);
  for (const [at, path] of paths.entries()) {
    here.clock.advance(1);
    await storeTaskWithImages(here, `${name}-${at}` as never, [`${host.url}${path}`]);
  }
  return paths;
}

async function serveImages(host: ImageHost, paths: readonly string[]) {
  const bytes = await png;
  for (const path of paths) host.serve(path, bytes);
}

describe('a slow host', () => {
  test('has two workers at most, and is given up when it sends too little; others go ahead', async (context) => {
    const [slow, fast] = [await imageHost(), await imageHost()];
    const here = await startTestMirror(
      { imageAllowHosts: `${slow.host},${fast.host}`, imageConcurrency: '4' },
      {},
      { minImageRate: { windowMs: 400, minBytes: 1000 } },
    );
    const quick = await addImages(here, fast, 'quick', 5);
    await serveImages(fast, quick);
    let active = 0;
    let most = 0;
    let archivedBeforeTheEnd = false;
    const paths = await addImages(here, slow, 'slow', 8);
    for (const path of paths)
      slow.serve(path, (response, request) => {
        active += 1;
        most = Math.max(most, active);
        response.once('close', () => {
          active -= 1;
          archivedBeforeTheEnd ||= fast.paths.length === quick.length;
        });
        trickle(response, request);
      });
    const counts = await here.mirror.archiver.run();
    expect(counts.archived).toBe(quick.length);
    expect(most).toBe(2);
    expect(archivedBeforeTheEnd).toBe(true);
    const { reasons } = await here.store.imageStats();
    expect(reasons.map(({ error }) => error)).toContain('its host is too slow');
    showFigure(context, `${most} of 4 workers, ${slow.paths.length} of ${paths.length} requests`);
  });

  test('has two requests at most wherever links to others lead to it', async () => {
    const slow = await imageHost();
    const others = await Promise.all(Array.from({ length: 6 }, () => imageHost()));
    const here = await startTestMirror(
      { imageAllowHosts: [slow, ...others].map(({ host }) => host).join(','), imageConcurrency: '8' },
      {},
      { minImageRate: { windowMs: 200, minBytes: 1000 } },
    );
    let active = 0;
    let most = 0;
    slow.serveAll((response, request) => {
      active += 1;
      most = Math.max(most, active);
      response.once('close', () => {
        active -= 1;
      });
      trickle(response, request);
    });
    for (const [at, other] of others.entries()) {
      other.serveAll((response) => response.writeHead(302, { location: `${slow.url}/${at}` }).end());
      await addImages(here, other, `other${at}-`, 1);
    }
    expect(await here.mirror.archiver.run()).toMatchObject({ archived: 0 });
    expect(most).toBe(2);
  });

  test('may be slow by the second if it is fast enough by the window', async () => {
    const host = await imageHost();
    const here = await startTestMirror(
      { imageAllowHosts: host.host },
      {},
      { minImageRate: { windowMs: 1000, minBytes: 10 } },
    );
    const bytes = await png;
    const [path = ''] = await addImages(here, host, 'image', 1);
    host.serve(path, (response) => {
      let at = 0;
      const timer = setInterval(() => {
        response.write(bytes.subarray(at, at + 20));
        at += 20;
        if (at < bytes.length) return;
        clearInterval(timer);
        response.end();
      }, 20);
    });
    expect(await here.mirror.archiver.run()).toEqual({ archived: 1, failed: 0 });
  });

  test('that never answers is given up as well', async () => {
    const host = await imageHost();
    const here = await startTestMirror(
      { imageAllowHosts: host.host },
      {},
      { minImageRate: { windowMs: 100, minBytes: 10 } },
    );
    const [path = ''] = await addImages(here, host, 'image', 1);
    host.serve(path, () => undefined);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 0, failed: 1 });
    expect((await here.store.imageStats()).reasons).toEqual([{ error: 'its host is too slow', count: 1 }]);
  });
});

describe('a host that is down', () => {
  const HALF = tries(60, 1000);

  test.for<[string, () => Promise<Pick<ImageHost, 'url' | 'host'> & { paths?: string[] }>]>([
    [
      'answers 503',
      async () => {
        const host = await imageHost();
        host.serveAll(unavailable());
        return host;
      },
    ],
    ['refuses connections', refusingHost],
  ])(
    'and %s: a run tries each image once at most, archives the others, and ends',
    async ([, start], context) => {
      const [dead, live] = [await start(), await imageHost()];
      const here = await startTestMirror({ imageAllowHosts: `${dead.host},${live.host}` });
      const [early, late] = [
        await addImages(here, live, 'early', HALF / 2),
        [...(await addImages(here, dead, 'dead', HALF)), ...(await addImages(here, live, 'late', HALF / 2))],
      ];
      const alive = [...early, ...late].filter((path) => !path.startsWith('/dead'));
      await serveImages(live, alive);
      const counts = await here.mirror.archiver.run();
      expect(counts.archived).toBe(HALF);
      expect([...live.paths].sort()).toEqual([...alive].sort());
      expect(counts.failed).toBeLessThan(10);
      if (dead.paths) {
        expect(dead.paths).toHaveLength(counts.failed);
        expect(new Set(dead.paths).size).toBe(dead.paths.length);
      }
      const stats = await here.store.imageStats();
      expect(stats).toMatchObject({ wanted: HALF, givenUp: 0 });
      expect(stats.reasons).toContainEqual({
        error: 'its host failed repeatedly',
        count: HALF - counts.failed,
      });
      showFigure(
        context,
        `${HALF} of ${HALF} others archived, ${counts.failed} requests for the ${HALF} images of the dead host`,
      );
    },
  );

  test('is asked again after its cooldown, by one request, and then for all', async () => {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    const paths = await addImages(here, host, 'image', 20);
    host.serveAll(unavailable());
    const { failed } = await here.mirror.archiver.run();
    here.clock.advance(60_000);
    host.paths.length = 0;
    await here.mirror.archiver.run();
    expect(host.paths).toHaveLength(1);
    host.serveAll(undefined);
    await serveImages(host, paths);
    here.clock.advance(3_600_000);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 20, failed: 0 });
    expect(failed).toBeLessThan(10);
  });

  test('briefly is asked again within the run', async () => {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    const paths = await addImages(here, host, 'image', 20);
    await serveImages(host, paths);
    let left = 3;
    const bytes = await png;
    host.serveAll((response, request) =>
      left-- > 0 ? unavailable()(response, request) : response.writeHead(200).end(bytes),
    );
    expect(await here.mirror.archiver.run()).toEqual({ archived: 17, failed: 3 });
    expect(new Set(host.paths).size).toBe(20);
  });

  test('is left alone for as long as its Retry-After says', async () => {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await addImages(here, host, 'image', 20);
    host.serveAll(unavailable({ 'retry-after': '600' }));
    await here.mirror.archiver.run();
    const before = host.paths.length;
    expect(before).toBeLessThan(6);
    here.clock.advance(500_000);
    await here.mirror.archiver.run();
    expect(host.paths.length).toBe(before);
    here.clock.advance(100_000);
    await here.mirror.archiver.run();
    expect(host.paths.length).toBe(before + 1);
  });

  test('is not concluded from images that are gone', async () => {
    const host = await imageHost();
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await addImages(here, host, 'gone', 12);
    expect(await here.mirror.archiver.run()).toEqual({ archived: 0, failed: 12 });
  });
});

test('a stop gives back the images that were claimed and not tried', async () => {
  const host = await imageHost();
  const here = await startTestMirror({ imageAllowHosts: host.host });
  await addImages(here, host, 'image', 20);
  host.serveAll(() => undefined);
  const running = here.mirror.archiver.run();
  await expect.poll(() => host.paths.length).toBe(2);
  await here.mirror.archiver.stop();
  await running;
  const due = await here.store.claimImages({ nowMs: here.clock.now(), limit: 50, leaseMs: () => 1 });
  expect(due).toHaveLength(20);
  expect(due.filter(({ attempts }) => attempts > 0)).toHaveLength(2);
});

test('"sync" says how many images are left', async () => {
  const host = await imageHost();
  host.serveAll(unavailable({ 'retry-after': '600' }));
  const dataDir = temporaryDirectory();
  const ids = numberedIds(8 as number);
  const input = ids
    .map((id) => {
      const data = [{ image_url: `${host.url}/${id}` }];
      return documentText({ id, more: { response: { success: true, data } } });
    })
    .join('\n');
  await runCli(['import', '-', '--data-dir', dataDir], { input });
  const env = { FLUX_MIRROR_IMAGE_ALLOW_HOSTS: host.host, FLUX_MIRROR_ARCHIVE_IMAGES: 'true' };
  const { stdout } = await runCli(['sync', '--data-dir', dataDir], { env });
  expect(stdout).toContain('8 images left for a later run');
  expect(host.paths.length).toBeLessThan(6);
});

/** A port of loopback where nothing listens any more. */
async function refusingHost() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
  return { host, url: `http://${host}` };
}
