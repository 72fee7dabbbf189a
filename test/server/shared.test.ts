/** Public links: a collection for people without a token. */
import { describe, expect, test } from 'vitest';
import { SHARED_PAGE_SIZE } from '../../src/server/routes/shared-data.ts';
import type { TaskId } from '../../src/task/id.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { askJson, share, startShared } from '../helpers/shared-collection.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

describe('a public link', () => {
  test('shows its collection without a token, in order, and nothing else', async () => {
    const shared = await startShared();
    const { here, first, outside, firstId, secondId } = shared;
    const path = await share(shared);
    expect(path).toMatch(/^\/shared\/[\w-]{32}$/);
    const answer = await here.get(path);
    expect(answer.status).toBe(200);
    const html = await answer.text();
    expect(html.indexOf('co 1')).toBeGreaterThan(0);
    expect(html.indexOf('co 0')).toBeGreaterThan(html.indexOf('co 1'));
    expect(html).not.toContain('co 2');
    expect(html).toContain('a &lt;i>note&lt;/i>');
    expect(html).toContain('a &lt;b>secretword&lt;/b>');
    expect(html).not.toContain('<script');
    for (const id of [firstId, secondId, 'user_id', 'http']) expect(html).not.toContain(id);
    for (const kind of ['images', 'thumbs']) {
      expect((await here.get(`${path}/${kind}/${first}`)).status).toBe(200);
      expect((await here.get(`${path}/${kind}/${outside}`)).status).toBe(404);
      // The addresses of the mirror itself still need a token, as does everything else.
      expect((await here.get(`/${kind}/${first}`)).status).toBe(401);
    }
    for (const other of ['/api/search', '/', '/api/collections', `/api/tasks/${firstId}`])
      expect((await here.get(other)).status, other).toBe(401);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await here.request(path, { method })).status, method).toBe(405);
  });

  test('is told to no search engine and no other site, and not kept by shared caches', async () => {
    const shared = await startShared();
    const path = await share(shared);
    for (const address of [path, `${path}/thumbs/${shared.first}`, '/shared/unknown']) {
      const { headers } = await shared.here.get(address);
      expect(headers.get('x-robots-tag'), address).toBe('noindex, nofollow');
      expect(headers.get('referrer-policy'), address).toBe('no-referrer');
      expect(headers.get('cache-control'), address).toMatch(/^private\b/);
    }
    const html = await (await shared.here.get(path)).text();
    expect(html).toContain('<meta name="referrer" content="no-referrer"');
    expect(html).toContain('<meta name="robots" content="noindex, nofollow"');
    const policy = (await shared.here.get(path)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
  });

  test('without prompts has none in its page, and no file that could hold one', async () => {
    const shared = await startShared();
    const { here, first } = shared;
    const path = await share(shared, { prompts: false });
    const answer = await here.get(path);
    const html = await answer.text();
    for (const word of ['secretword', 'cat', 'co 1']) expect(html).not.toContain(word);
    expect(html).toContain('alt="Picture 1"');
    expect((await here.get(`${path}/images/${first}`)).status).toBe(404);
    const thumbnail = await here.get(`${path}/thumbs/${first}?w=960`);
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect(thumbnail.headers.get('content-disposition')).toBeNull();
    const readText = async (answer: Response) => Buffer.from(await answer.arrayBuffer()).toString('latin1');
    expect(await readText(thumbnail)).not.toMatch(/secretword|EXIF|XMP /);
    // The same link can show them again.
    expect(await share(shared, { prompts: true })).toBe(path);
    // The file has it, too: so there was something to leave out.
    expect(await readText(await here.get(`${path}/images/${first}`))).toContain('secretword');
    expect(await (await here.get(path)).text()).toContain('secretword');
    expect(await share(shared)).toBe(path);
    expect(await (await here.get(path)).text()).toContain('secretword');
  });

  test('works no more once it is revoked, renewed, or its collection is removed', async () => {
    const shared = await startShared();
    const { here, token, collection, first } = shared;
    const expectGone = async (path: string) => {
      const answer = await here.get(path);
      expect(answer.status).toBe(404);
      const html = await answer.text();
      expect(html).toContain('This link does not work');
      // As of a link that never was.
      expect(html).toBe(await (await here.get(`/shared/${'x'.repeat(32)}`)).text());
      for (const kind of ['images', 'thumbs'])
        expect((await here.get(`${path}/${kind}/${first}`)).status).toBe(404);
    };
    const path = await share(shared);
    await askJson(here, `DELETE ${collection}/link`, token);
    await expectGone(path);
    const next = await share(shared);
    expect(next).not.toBe(path);
    const renewed = await share(shared, { renew: true });
    await expectGone(next);
    expect((await here.get(renewed)).status).toBe(200);
    await here.request(collection, { method: 'DELETE', headers: token });
    await expectGone(renewed);
  });

  test('leaves a gap where a task was forgotten, or hidden', async () => {
    const shared = await startShared();
    const { here, token, first, firstId, secondId } = shared;
    const path = await share(shared);
    await askJson(here, `PATCH /api/tasks/${firstId}/marks`, token, { hidden: true });
    const html = await (await here.get(path)).text();
    expect(html).toContain('no longer here');
    expect(html).not.toContain('co 0');
    expect((await here.get(`${path}/thumbs/${first}`)).status).toBe(404);
    await askJson(here, 'POST /api/forget', token, { ids: [secondId] });
    const rest = await (await here.get(path)).text();
    expect(rest.match(/no longer here/g)).toHaveLength(2);
    expect(rest).not.toContain(secondId);
  });

  test('has pages, whose pictures go on being counted', async () => {
    const shared = await startShared();
    const { here, token, collection } = shared;
    const more = numberedIds(SHARED_PAGE_SIZE + 10).slice(10) as TaskId[];
    await here.store.storeDocuments({
      documents: more.map((id) => document({ id, prompt: 'one more' })),
      requestSeq: await here.store.nextRequestSeq(),
      fetchedAtMs: here.clock.now(),
    });
    await askJson(here, `POST ${collection}/tasks`, token, { ids: more });
    const path = await share(shared);
    const html = await (await here.get(path)).text();
    expect(html.match(/<li>/g)).toHaveLength(SHARED_PAGE_SIZE);
    const next = /href="\.(\/[^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    const second = await (await here.get(`/shared${next}`)).text();
    expect(second.match(/<li>/g)).toHaveLength(2);
    expect(second).toContain(`start="${SHARED_PAGE_SIZE + 1}"`);
    expect((await here.get(`${path}?after=x`)).status).toBe(400);
  });

  test('is answered in the language of its reader', async () => {
    const shared = await startShared();
    const path = await share(shared);
    const html = await (await shared.here.get(path, { 'accept-language': 'zh-CN,zh;q=0.9' })).text();
    expect(html).toContain('<html lang="zh-CN"');
    expect(html).toContain('2 张图片');
  });

  test('is limited in rate, for each client', async () => {
    const { here } = await startShared();
    let limited: Response | undefined;
    for (let at = 0; at < 700 && !limited; at += 1) {
      const answer = await here.get('/shared/unknown');
      if (answer.status === 429) limited = answer;
      await answer.arrayBuffer();
    }
    expect(limited?.headers.get('retry-after')).toBe('1');
    // Of nothing else.
    expect((await here.get('/healthz')).status).toBe(200);
    here.clock.advance(1000);
    expect((await here.get('/shared/unknown')).status).toBe(404);
  });

  test('is at the public address of the mirror, below its path', async () => {
    const here = await startTestMirror({ basePath: '/mirror', callbackUrl: 'https://mirror.example/mirror' });
    const { id } = await askJson(here, 'POST /api/collections', {}, { name: 'Best' });
    const { link } = await askJson(here, `PUT /api/collections/${String(id)}/link`, {}, {});
    const { url } = link as { url: string };
    expect(url).toMatch(/^https:\/\/mirror\.example\/mirror\/shared\/[\w-]{32}$/);
    expect((await here.get(new URL(url).pathname.slice('/mirror'.length))).status).toBe(200);
  });

  test('does not appear in the log', async () => {
    const shared = await startShared();
    const path = await share(shared);
    const key = path.split('/').at(-1) ?? '';
    await (await shared.here.get(path)).text();
    await (await shared.here.get(`${path}/thumbs/${'0'.repeat(64)}`)).text();
    expect(shared.here.log()).toContain('/shared/:key');
    expect(shared.here.log()).not.toContain(key);
  });
});
