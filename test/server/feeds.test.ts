/** Feeds of saved searches: valid, private to their key, with pictures. */
import { describe, expect, test } from 'vitest';
import type { SettingName } from '../../src/config/setting-table.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { findAtomProblems, findJsonFeedProblems } from '../helpers/feeds.ts';
import { imageHost } from '../helpers/image-host.ts';
import { picture, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FIRST, SECOND, THIRD] = numberedIds(3);
/** Everything that could end an element, an attribute or a text, and what XML forbids. */
const HOSTILE =
  'a <b>"cat\'s"</b> ]]> &amp; & <script>alert(1)</script> \u0000\u0001\u000b\u001f\ufffe\ud800 🐈 猫';

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document(one)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

interface Saved {
  readonly id: string;
  readonly feed: { readonly atom: string; readonly json: string };
}

async function send<T>(here: TestMirror, path: string, body: unknown = {}, method = 'POST'): Promise<T> {
  const answer = await here.request(path, { method, body: JSON.stringify(body) });
  return (await answer.json()) as T;
}

/** Saves a search with a feed. */
async function openFeed(here: TestMirror, query: string, name = 'Cats & <dogs> / 猫'): Promise<Saved> {
  const { id } = await send<Saved>(here, '/api/saved', { name, query });
  return send<Saved>(here, `/api/saved/${id}/feed`);
}

interface JsonFeed {
  readonly title: string;
  readonly home_page_url: string;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly image?: string;
    readonly content_html: string;
    readonly attachments?: readonly { readonly url: string; readonly size_in_bytes: number }[];
  }[];
}

async function readItems({ feed }: Saved): Promise<JsonFeed['items']> {
  return ((await (await fetch(feed.json)).json()) as JsonFeed).items;
}

/** A mirror whose only hit has two archived pictures; the other picture is of another task. */
async function startWithPictures(settings: Partial<Record<SettingName, string>> = {}) {
  const host = await imageHost();
  for (const n of [1, 2, 3]) host.serve(`/${n}`, await picture('png', { width: 40, height: 40, shade: n }));
  const here = await startTestMirror({ imageAllowHosts: host.host, ...settings });
  await storeTaskWithImages(here, FIRST, [`${host.url}/1`, `${host.url}/2`], { prompt: 'a cat' });
  await storeTaskWithImages(here, SECOND, [`${host.url}/3`], { prompt: 'a dog' });
  await here.mirror.archiver.run();
  return { here, host };
}

describe('a feed', () => {
  test('is valid Atom and valid JSON Feed, whatever prompts and names say', async () => {
    const { here } = await startWithPictures();
    await put(here, { id: THIRD, prompt: HOSTILE, model: '<m>' }, { prompt: '' }, { id: 'not a "uuid"' });
    const { feed } = await openFeed(here, '');
    const atom = await fetch(feed.atom);
    expect(atom.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const xml = await atom.text();
    expect(await findAtomProblems(xml)).toEqual([]);
    expect(await findAtomProblems(xml.replace('<published>', '<published>no '))).not.toEqual([]);
    expect(xml.match(/<entry>/g)).toHaveLength(5);
    expect(xml).not.toContain('<script>');

    const json = await fetch(feed.json);
    expect(json.headers.get('content-type')).toBe('application/feed+json; charset=utf-8');
    const parsed = (await json.json()) as JsonFeed;
    expect(findJsonFeedProblems(parsed)).toEqual([]);
    expect(findJsonFeedProblems({ ...parsed, items: [{}] })).not.toEqual([]);
    expect(parsed.title).toBe('Cats & <dogs> / 猫');
    expect(parsed.items.every(({ content_html: html }) => !html.includes('<script>'))).toBe(true);
    expect(new Set(parsed.items.map(({ id }) => id)).size).toBe(5);
  });

  test('shows the archived pictures under its key, and never links of the vendor', async () => {
    const { here, host } = await startWithPictures();
    const saved = await openFeed(here, 'cat');
    const [item] = await readItems(saved);
    expect(item?.attachments).toHaveLength(2);
    expect(JSON.stringify(item)).not.toContain(host.host);
    expect(await (await fetch(saved.feed.atom)).text()).not.toContain(host.host);
    for (const { url, size_in_bytes: size } of item?.attachments ?? []) {
      const file = await fetch(url);
      expect([file.status, (await file.arrayBuffer()).byteLength]).toEqual([200, size]);
      expect(file.headers.get('cache-control')).toBe('private, no-cache');
      const etag = file.headers.get('etag') ?? '';
      expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
    }
    const thumbnail = await fetch(item?.image ?? '');
    expect([thumbnail.status, thumbnail.headers.get('content-type')]).toEqual([200, 'image/webp']);
  });

  test('opens no picture of a task that is not in it', async () => {
    const { here } = await startWithPictures();
    const cats = await openFeed(here, 'cat', 'cats');
    const dogs = await openFeed(here, 'dog', 'dogs');
    const [dog] = await readItems(dogs);
    const address = new URL(dog?.attachments?.[0]?.url ?? '');
    expect((await fetch(address)).status).toBe(200);
    address.searchParams.set('key', new URL(cats.feed.json).searchParams.get('key') ?? '');
    expect((await fetch(address)).status).toBe(404);
    await here.store.mark([{ id: SECOND, change: { hidden: true } }], { nowMs: 1 });
    expect(await readItems(dogs)).toEqual([]);
    address.searchParams.set('key', new URL(dogs.feed.json).searchParams.get('key') ?? '');
    expect((await fetch(address)).status).toBe(404);
  });

  test('has what succeeded, and other tasks only if the query names states', async () => {
    const here = await startTestMirror();
    await put(
      here,
      { id: FIRST, prompt: 'a cat' },
      { id: SECOND, prompt: 'a cat', state: 'failed' },
      { id: THIRD, prompt: 'a cat', state: 'pending' },
    );
    const find = async (query: string) =>
      (await readItems(await openFeed(here, query, `of ${query}`))).map(({ id }) =>
        id.slice('urn:uuid:'.length),
      );
    expect(await find('cat')).toEqual([FIRST]);
    expect(await find('cat state:failed')).toEqual([SECOND]);
    expect((await find('cat (state:pending OR state:succeeded)')).sort()).toEqual([FIRST, THIRD].sort());
    expect((await find('cat -state:succeeded')).sort()).toEqual([SECOND, THIRD].sort());
  });

  test('has the 50 newest, newest first', async () => {
    const here = await startTestMirror();
    const ids = numberedIds(60);
    await put(here, ...ids.map((id, at) => ({ id, prompt: 'a cat', createdAt: 1_773_400_000 + at })));
    const items = await readItems(await openFeed(here, 'cat'));
    expect(items.map(({ id }) => id.slice('urn:uuid:'.length))).toEqual(ids.toReversed().slice(0, 50));
  });

  test('is not sent again unless it has changed, and nobody else keeps or lists it', async () => {
    const here = await startTestMirror();
    await put(here, { id: FIRST, prompt: 'a cat' });
    const { feed } = await openFeed(here, 'cat');
    for (const url of [feed.atom, feed.json]) {
      const first = await fetch(url);
      await first.text();
      expect(Object.fromEntries(first.headers)).toMatchObject({
        'cache-control': 'private, no-cache',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      });
      const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
      expect((await fetch(url, { headers })).status).toBe(304);
      expect((await fetch(url, { method: 'HEAD' })).status).toBe(200);
    }
    const headers = { 'if-none-match': (await fetch(feed.atom)).headers.get('etag') ?? '' };
    await put(here, { id: SECOND, prompt: 'another cat' });
    expect((await fetch(feed.atom, { headers })).status).toBe(200);
  });

  test('needs no token but its key, which can be replaced and revoked; a wrong one tells nothing', async () => {
    const here = await startTestMirror({ tokens: 'secret-one' });
    const headers = { authorization: 'Bearer secret-one' };
    const post = async (path: string, method = 'POST', body: unknown = {}) =>
      (await here.request(path, { method, headers, body: JSON.stringify(body) })).json() as Promise<Saved>;
    const { id } = await post('/api/saved', 'POST', { name: 'all', query: '' });
    const first = await post(`/api/saved/${id}/feed`);
    expect((await fetch(first.feed.atom)).status).toBe(200);
    const second = await post(`/api/saved/${id}/feed`);
    expect((await fetch(second.feed.json)).status).toBe(200);
    const read = async (url: string) => {
      const answer = await fetch(url);
      const { trace_id: _, ...body } = (await answer.json()) as Record<string, unknown>;
      return [answer.status, body];
    };
    const unknown = await read(`${here.mirror.url}/feeds/all.atom?key=${'x'.repeat(32)}`);
    expect(unknown[0]).toBe(404);
    expect(await read(first.feed.atom)).toEqual(unknown);
    await post(`/api/saved/${id}/feed`, 'DELETE');
    for (const url of [
      second.feed.atom,
      `${here.mirror.url}/feeds/all.atom`,
      `${here.mirror.url}/feeds/all.atom?key=%00`,
    ])
      expect(await read(url)).toEqual(unknown);
    const image = await fetch(`${here.mirror.url}/feeds/images/${'0'.repeat(64)}?key=guess`);
    expect([image.status, image.headers.get('referrer-policy')]).toEqual([404, 'no-referrer']);
  });

  test('delays those who guess keys', async () => {
    const here = await startTestMirror();
    for (let tries = 0; tries < 12; tries += 1)
      await here.get(`/feeds/x.atom?key=${String(tries).padStart(32, '0')}`);
    expect(here.clock.sleeps).toEqual([1000, 1000]);
  });

  test('still works under its old name, and is gone with its search', async () => {
    const here = await startTestMirror();
    const { id, feed } = await openFeed(here, 'cat', 'cats');
    await send(here, `/api/saved/${id}`, { name: 'felines' }, 'PATCH');
    expect(await (await fetch(feed.atom)).text()).toContain('<title>felines</title>');
    await send(here, `/api/saved/${id}`, {}, 'DELETE');
    expect((await fetch(feed.atom)).status).toBe(404);
  });

  test('has addresses of the public URL, base path included', async () => {
    const { here } = await startWithPictures({
      basePath: '/flux',
      callbackUrl: 'https://mirror.example/flux',
    });
    const { id } = await send<Saved>(here, '/api/saved', { name: 'cats', query: 'cat' });
    const { feed } = await send<Saved>(here, `/api/saved/${id}/feed`);
    expect(feed.atom).toMatch(/^https:\/\/mirror\.example\/flux\/feeds\/cats\.atom\?key=/);
    const [item] = await readItems({
      id,
      feed: { ...feed, json: feed.json.replace('https://mirror.example', new URL(here.mirror.url).origin) },
    });
    expect(item?.image).toMatch(/^https:\/\/mirror\.example\/flux\/feeds\/images\/[0-9a-f]{64}\?key=/);
  });
});

test('feeds are limited in rate, for each client', async () => {
  const here = await startTestMirror();
  let limited: Response | undefined;
  for (let at = 0; at < 700 && !limited; at += 1) {
    const answer = await here.get('/feeds/any.atom');
    if (answer.status === 429) limited = answer;
    await answer.arrayBuffer();
  }
  expect(limited?.headers.get('retry-after')).toBe('1');
  here.clock.advance(1000);
  expect((await here.get('/feeds/any.atom')).status).toBe(404);
});
