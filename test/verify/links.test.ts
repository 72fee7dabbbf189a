/** Whether the links of stored tasks still work: one HEAD each, to hosts that answer as they like. */
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import type { LinkFinding } from '../../src/verify/finding.ts';
import { archivedImage, documentText, numberedIds } from '../helpers/documents.ts';
import { type ImageAnswer, type ImageHost, imageHost } from '../helpers/image-host.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';
import { type Checked, checkTasks, storeTexts } from './verification.ts';

const answer =
  (status: number, headers: Record<string, string> = {}): ImageAnswer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'image/png', ...headers }).end();

/** A mirror of tasks with one link each, or with several. */
async function startWithLinks(hosts: readonly ImageHost[], links: readonly (string | readonly string[])[]) {
  const here = await startTestMirror({ imageAllowHosts: hosts.map(({ host }) => host).join(',') });
  const ids = numberedIds(links.length);
  await storeTexts(
    here,
    ids.map((id, at) => {
      const data = [links[at] ?? []].flat().map((image_url) => ({ image_url }));
      return documentText({ id, more: { response: { success: true, data } } });
    }),
  );
  const check = (options = {}) => checkTasks(here, ids, { checksLinks: true, ...options });
  return { here, ids, check };
}

const describeLinks = ({ findings }: Checked) =>
  findings.map((finding) => {
    const { kind, url, reason } = finding as LinkFinding;
    return [kind, new URL(url).pathname, reason];
  });

const ids = numberedIds(2);

async function archive({ store, clock }: TestMirror, taskId: TaskId, n: number) {
  await store.archiveImage({ taskId, n }, archivedImage('ab'.repeat(32)), clock.now());
}
describe('the links of checked tasks', () => {
  test('are asked for by HEAD, once each, and tell what is dead and what is archived', async () => {
    const host = await imageHost();
    const methods: (string | undefined)[] = [];
    host.serve('/alive.png', (response, request) => {
      methods.push(request.method);
      answer(200)(response, request);
    });
    host.serve('/expired.png', answer(410));
    const { here, check } = await startWithLinks(
      [host],
      [
        [`${host.url}/alive.png`, `${host.url}/gone.png`],
        [`${host.url}/alive.png#again`, `${host.url}/expired.png`],
      ],
    );
    await archive(here, ids[1], 1);
    const { result, findings } = await check();
    expect(methods).toEqual(['HEAD']);
    expect(findings).toEqual([
      {
        ...{ kind: 'dead-link', id: ids[0], url: `${host.url}/gone.png` },
        ...{ reason: 'its host answered 404', isArchived: false },
      },
      {
        ...{ kind: 'dead-link', id: ids[1], url: `${host.url}/expired.png` },
        ...{ reason: 'its host answered 410', isArchived: true },
      },
    ]);
    expect(result.links).toEqual({ checked: 3, alive: 1, dead: 2, unknown: 0, lost: 1 });
    expect(result.tasks).toMatchObject({ same: 2 });
  });

  test('of images and videos of the simulated upstream are alive', async () => {
    const here = await startTestMirror();
    const link = new URL(here.simulator.url).host;
    await here.restart({ imageAllowHosts: link });
    const made = [
      here.simulator.addTask({ prompt: 'a cat', durationMs: 0, count: 2 }),
      here.simulator.addTask({ prompt: 'a cat', durationMs: 0, kind: 'videos' }),
    ];
    await storeTexts(
      here,
      made.map((id) => here.simulator.documentText(id) ?? ''),
    );
    const { result } = await checkTasks(here, made as TaskId[], { checksLinks: true });
    expect(result.links).toMatchObject({ checked: 3, alive: 3 });
  });

  test('of a task that is gone, or that could not be checked, are checked as well', async () => {
    const host = await imageHost();
    const { here, check } = await startWithLinks([host], [`${host.url}/a.png`, `${host.url}/b.png`]);
    here.simulator.fault({ kind: 'body', body: '{"items":[],"count":0}' });
    expect((await check()).findings.map(({ kind }) => kind)).toEqual([
      'gone',
      'gone',
      'dead-link',
      'dead-link',
    ]);
  });

  test('are left alone unless it is asked for', async () => {
    const host = await imageHost();
    const { check } = await startWithLinks([host], [`${host.url}/a.png`]);
    expect((await check({ checksLinks: false })).result.links).toBeUndefined();
    expect(host.paths).toEqual([]);
  });

  test.each([
    [403, 'its host answered 403'],
    [405, 'its host answered 405'],
    [501, 'its host answered 501'],
    [500, 'its host answered 500'],
    [302, 'too many redirects'],
  ])('are unknown, not dead, where a host answers %i', async (status, reason) => {
    const host = await imageHost();
    host.serveAll(answer(status, { location: '/elsewhere' }));
    const { check } = await startWithLinks([host], [`${host.url}/a.png`]);
    const checked = await check();
    expect(describeLinks(checked)).toEqual([['unknown-link', '/a.png', reason]]);
    expect(checked.result.links).toMatchObject({ dead: 0, unknown: 1, lost: 0 });
  });

  test('are unknown where a host answers with a web page, or moves them there', async () => {
    const host = await imageHost();
    host.serve('/page', answer(200, { 'content-type': 'text/html; charset=utf-8' }));
    host.serve('/moved.png', answer(301, { location: '/page' }));
    const { check } = await startWithLinks([host], [`${host.url}/moved.png`]);
    expect(describeLinks(await check())).toEqual([
      ['unknown-link', '/moved.png', 'its host answered with a web page'],
    ]);
  });

  test('are alive where they were moved to', async () => {
    const host = await imageHost();
    host.serve('/new.png', answer(200));
    host.serve('/old.png', answer(308, { location: '/new.png' }));
    const { check } = await startWithLinks([host], [`${host.url}/old.png`]);
    expect((await check()).result.links).toMatchObject({ alive: 1 });
  });

  test('never lead into the network of the mirror, not even by a redirect', async () => {
    const [host, inside] = [await imageHost(), await imageHost()];
    host.serve('/a.png', answer(302, { location: `${inside.url}/secret` }));
    const { check } = await startWithLinks(
      [host],
      [
        `${host.url}/a.png`,
        `${inside.url}/b.png`,
        'http://169.254.169.254/c.png',
        'http://user@img.example/d.png',
      ],
    );
    expect(describeLinks(await check())).toEqual(
      expect.arrayContaining([
        ['unknown-link', '/a.png', 'refused: its link leads to a private address'],
        ['unknown-link', '/b.png', 'refused: its link leads to a private address'],
        ['unknown-link', '/c.png', 'refused: its link leads to a private address'],
        ['unknown-link', '/d.png', 'refused: its link has a user name in it'],
      ]),
    );
    expect(inside.paths).toEqual([]);
  });
});

describe('hosts of links', () => {
  test('are asked one link at a time, a tenth of a second apart, several hosts at once', async () => {
    const hosts = [await imageHost(), await imageHost()];
    const waiting: (() => void)[] = [];
    const asked = { now: 0, most: 0 };
    for (const [at, host] of hosts.entries())
      host.serveAll((response, request) => {
        if (at === 0) asked.now += 1;
        asked.most = Math.max(asked.most, asked.now);
        waiting.push(() => {
          if (at === 0) asked.now -= 1;
          answer(200)(response, request);
        });
        // Neither answers before both were asked.
        if (waiting.length === 2) for (const send of waiting.splice(0)) send();
      });
    const paths = ['/0.png', '/1.png', '/2.png'];
    const { here, check } = await startWithLinks(
      hosts,
      paths.flatMap((path) => hosts.map(({ url }) => `${url}${path}`)),
    );
    expect((await check()).result.links).toMatchObject({ checked: 6, alive: 6 });
    expect(hosts.map((host) => host.paths)).toEqual([paths, paths]);
    expect(asked.most).toBe(1);
    // The clock moves with each sleep, so that the other host may have waited already.
    expect(here.clock.sleeps.length).toBeGreaterThanOrEqual(2);
    expect(Math.max(...here.clock.sleeps)).toBeLessThanOrEqual(100);
  });

  test('that fail three times are left alone, and others are still asked', async () => {
    const [down, up] = [await imageHost(), await imageHost()];
    down.serveAll(answer(503, { 'retry-after': '600' }));
    up.serveAll(answer(200));
    const { check } = await startWithLinks(
      [down, up],
      [
        Array.from({ length: 10 }, (_, at) => `${down.url}/${at}.png`),
        Array.from({ length: 5 }, (_, at) => `${up.url}/${at}.png`),
      ],
    );
    const { result, findings } = await check();
    expect([down.paths.length, up.paths.length]).toEqual([3, 5]);
    expect(result.links).toEqual({ checked: 15, alive: 5, dead: 0, unknown: 10, lost: 0 });
    expect(findings.at(-1)).toMatchObject({ reason: 'its host failed repeatedly' });
  });

  test('that never answer, or refuse connections, cost a deadline and no more', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port: closedPort } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const hosts = [port, closedPort].map((number) => ({ host: `127.0.0.1:${number}` }) as ImageHost);
    const { check } = await startWithLinks(
      hosts,
      hosts.map(({ host }) => `http://${host}/a.png`),
    );
    const reasons = describeLinks(await check({ linkTimeoutMs: 100 })).map(([, , reason]) => reason);
    expect(reasons.sort()).toEqual(['could not be fetched (ECONNREFUSED)', 'took too long']);
  });

  test('end the check at once when it is stopped', async () => {
    const host = await imageHost();
    const { here, check } = await startWithLinks(
      [host],
      [Array.from({ length: 20 }, (_, at) => `${host.url}/${at}.png`)],
    );
    const { result } = await check({ stopAfter: 2 });
    expect(result).toMatchObject({ outcome: 'stopped', links: { checked: 2, dead: 2 } });
    expect([host.paths.length, here.simulator.requests.length]).toEqual([2, 1]);
  });
});
