/** Saved searches by HTTP. */
import { describe, expect, test } from 'vitest';
import { MAX_QUERY_CHARACTERS } from '../../src/search/query-budget.ts';
import { addToken } from '../helpers/access-token.ts';
import { type DocumentOptions, document } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const CATS = { name: 'Cats', query: 'cat' };

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document({ createdAt: clock.now() / 1000, ...one })),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

type Answer = [status: number, body: Record<string, unknown>, headers: Headers];

async function send(
  here: TestMirror,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await here.request(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [answer.status, (await answer.json()) as Record<string, unknown>, answer.headers];
}

const save = (here: TestMirror, body: unknown, headers?: Record<string, string>) =>
  send(here, 'POST', '/api/saved', body, headers);

async function list(here: TestMirror, headers?: Record<string, string>) {
  const [, { items }] = await send(here, 'GET', '/api/saved', undefined, headers);
  return items as Record<string, unknown>[];
}

describe('a saved search', () => {
  test('is saved, read, changed and removed', async () => {
    const here = await startTestMirror();
    const [status, saved, headers] = await save(here, { ...CATS, tz: 'Asia/Tokyo' });
    expect([status, headers.get('etag')]).toEqual([201, '"1"']);
    expect(saved).toMatchObject({ ...CATS, tz: 'Asia/Tokyo', has_feed: false, feed: null, user_ids: [] });
    const path = `/api/saved/${saved.id}`;
    expect((await send(here, 'GET', path))[1]).toEqual(saved);
    const [, changed] = await send(here, 'PATCH', path, { query: 'dog', tz: null });
    expect(changed).toMatchObject({ name: 'Cats', query: 'dog', tz: null });
    expect(await send(here, 'DELETE', path)).toMatchObject([200, { removed: true }, expect.anything()]);
    for (const method of ['GET', 'DELETE']) expect((await send(here, method, path))[0]).toBe(404);
    expect(await list(here)).toEqual([]);
  });

  test('counts what was created since the last visit', async () => {
    const here = await startTestMirror();
    await put(here, { prompt: 'a cat' });
    here.clock.advance(60_000);
    const [, { id }] = await save(here, CATS);
    expect(await list(here)).toMatchObject([{ new: 0, new_is_exact: true }]);
    here.clock.advance(60_000);
    await put(here, { prompt: 'a cat' }, { prompt: 'cats' }, { prompt: 'a dog' });
    expect(await list(here)).toMatchObject([{ new: 2 }]);
    here.clock.advance(60_000);
    expect(await send(here, 'POST', `/api/saved/${id}/visit`, {})).toMatchObject([
      200,
      { id, visited_at: new Date(here.clock.now()).toISOString() },
      expect.anything(),
    ]);
    expect(await list(here)).toMatchObject([{ new: 0 }]);
  });

  test('is changed by two at once without loss', async () => {
    const here = await startTestMirror();
    const [, { id }, headers] = await save(here, CATS);
    const known = { 'if-match': headers.get('etag') ?? '' };
    expect((await send(here, 'PATCH', `/api/saved/${id}`, { query: 'dog' }, known))[0]).toBe(200);
    expect((await send(here, 'PATCH', `/api/saved/${id}`, { query: 'bird' }, known))[0]).toBe(412);
    expect((await send(here, 'POST', `/api/saved/${id}/feed`, {}, known))[0]).toBe(412);
    expect((await send(here, 'PATCH', `/api/saved/${id}`, { query: 'bird' }, { 'if-match': 'x' }))[0]).toBe(
      400,
    );
    expect(await list(here)).toMatchObject([{ query: 'dog', has_feed: false }]);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['a name of spaces', { ...CATS, name: '  ' }, 400, /one character/],
    ['a name with a control character', { ...CATS, name: 'a\nb' }, 400, /control characters/],
    ['a long name', { ...CATS, name: 'x'.repeat(101) }, 400, /more than 100/],
    ['no name', { query: 'cat' }, 400, /"name"/],
    ['no query', { name: 'cat' }, 400, /"query"/],
    ['an unknown member', { ...CATS, sort: 'newest' }, 400, /sort/],
    ['a long query', { ...CATS, query: 'x'.repeat(MAX_QUERY_CHARACTERS + 1) }, 400, /"query"/],
    ['an operator that is none', { ...CATS, query: 'cat stat:failed' }, 400, /is no operator/],
    ['a date that is none', { ...CATS, query: 'after:nonsense' }, 400, /after:nonsense/],
    ['an unknown time zone', { ...CATS, tz: 'Mars' }, 400, /Europe\/Berlin/],
    ['the name of another', { name: ' cATS ', query: 'dog' }, 409, /of this name/],
    ['more than a body may be', { ...CATS, query: 'x'.repeat(2 ** 20) }, 413, /./],
  ])('is refused with %s', async (_what, body, status, message) => {
    const here = await startTestMirror();
    await save(here, CATS);
    const [answered, { error }] = await save(here, body);
    expect([answered, error]).toEqual([
      status,
      expect.objectContaining({ message: expect.stringMatching(message) }),
    ]);
    expect(await list(here)).toHaveLength(1);
  });

  test('does not become one that is not understood', async () => {
    const here = await startTestMirror();
    const [, { id }] = await save(here, CATS);
    expect((await send(here, 'PATCH', `/api/saved/${id}`, { query: 'on:nonsense' }))[0]).toBe(400);
    expect((await send(here, 'PATCH', `/api/saved/${id}`, { name: '' }))[0]).toBe(400);
    expect(await list(here)).toMatchObject([CATS]);
  });
});

describe('a limited token', () => {
  test('saves searches of its own, which find only what it sees, whoever looks', async () => {
    const here = await startTestMirror();
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const theirs = await addToken(here, { limits: { userIds: ['you'] } });
    const everything = await addToken(here);
    const [, saved] = await save(here, CATS, mine);
    expect(saved.user_ids).toEqual(['me']);
    expect((await save(here, CATS, theirs))[0]).toBe(201);
    here.clock.advance(60_000);
    await put(here, { prompt: 'a cat', userId: 'me' }, { prompt: 'a cat', userId: 'you' });
    expect(await list(here, everything)).toMatchObject([{ new: 1 }, { new: 1 }]);
    expect(await list(here, mine)).toMatchObject([{ id: saved.id, new: 1 }]);
    const [, { feed }] = await send(here, 'POST', `/api/saved/${saved.id}/feed`, {}, everything);
    const { items } = (await (await fetch((feed as { json: string }).json)).json()) as { items: object[] };
    expect(items).toHaveLength(1);
  });

  test('knows nothing of those of others', async () => {
    const here = await startTestMirror();
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const everything = await addToken(here);
    const [, { id }] = await save(here, CATS, everything);
    const asked = [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/feed'],
      ['DELETE', '/feed'],
      ['POST', '/visit'],
    ] as const;
    for (const [method, path] of asked) {
      const ask = async (which: unknown) => {
        const body = method === 'GET' ? undefined : {};
        const [status, { error }] = await send(here, method, `/api/saved/${which}${path}`, body, mine);
        return [status, error];
      };
      const unknown = await ask('00000000-0000-4000-8000-000000000000');
      expect(unknown[0]).toBe(404);
      expect(await ask(id)).toEqual(unknown);
    }
    expect((await save(here, CATS, mine))[0]).toBe(201);
  });
});

test('a read-only token reads saved searches, changes none, and sees no key', async () => {
  const here = await startTestMirror();
  const reader = await addToken(here, { isReadOnly: true });
  const writer = await addToken(here);
  const [, { id }] = await save(here, CATS, writer);
  const [, { feed }] = await send(here, 'POST', `/api/saved/${id}/feed`, {}, writer);
  expect(feed).toMatchObject({ atom: expect.stringContaining('key=') });
  expect(await list(here, reader)).toMatchObject([{ has_feed: true, feed: null }]);
  expect(await send(here, 'GET', `/api/saved/${id}`, undefined, reader)).toMatchObject([
    200,
    { feed: null },
    expect.anything(),
  ]);
  expect(JSON.stringify(await list(here, reader))).not.toContain('key=');
  for (const [method, path] of [
    ['POST', ''],
    ['PATCH', `/${id}`],
    ['DELETE', `/${id}`],
    ['POST', `/${id}/feed`],
    ['DELETE', `/${id}/feed`],
    ['POST', `/${id}/visit`],
  ] as const)
    expect((await send(here, method, `/api/saved${path}`, CATS, reader))[0]).toBe(403);
  expect(await list(here, writer)).toMatchObject([{ feed }]);
});
