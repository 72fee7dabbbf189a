/** Marks by HTTP: star, rating, tags, note, hidden. */
import { describe, expect, test } from 'vitest';
import { MAX_IDS } from '../../src/server/selection/selection.ts';
import { MAX_NOTE_CHARACTERS, MAX_TAG_CHARACTERS, MAX_TAGS } from '../../src/task/marks.ts';
import { addToken } from '../helpers/access-token.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FIRST, SECOND, THIRD] = numberedIds(3);
const NONE = { starred: false, rating: 0, tags: [], note: '', hidden: false };

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document(one)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

/** A mirror with two cats and a dog. */
async function startMarked(): Promise<TestMirror> {
  const here = await startTestMirror();
  await put(
    here,
    { id: FIRST, prompt: 'a cat' },
    { id: SECOND, prompt: 'another cat' },
    { id: THIRD, prompt: 'a dog', userId: 'other' },
  );
  return here;
}

type Answer = [status: number, body: Record<string, unknown>];

async function send(
  here: TestMirror,
  method: 'PATCH' | 'POST',
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await here.request(path, { method, headers, body: JSON.stringify(body) });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}

const mark = (here: TestMirror, id: string, body: unknown, headers?: Record<string, string>) =>
  send(here, 'PATCH', `/api/tasks/${id}/marks`, body, headers);

const markMany = (here: TestMirror, body: unknown, headers?: Record<string, string>) =>
  send(here, 'POST', '/api/marks', body, headers);

async function read(here: TestMirror, path: string, headers?: Record<string, string>) {
  return (await (await here.get(path, headers)).json()) as Record<string, unknown>;
}

async function find(here: TestMirror, query: string, headers?: Record<string, string>): Promise<string[]> {
  const answer = await read(here, `/api/search?${query}`, headers);
  expect(answer).toHaveProperty('items'); // else it says why
  return (answer.items as { id: string }[]).map(({ id }) => id);
}

describe('the marks of a task', () => {
  test('are changed one by one, are part of every hit, and leave the document as it is', async () => {
    const here = await startMarked();
    const before = await (await here.get(`/api/tasks/${FIRST}`)).text();
    expect(await read(here, `/api/tasks/${FIRST}/marks`)).toEqual({ id: FIRST, ...NONE, changed_at: null });
    const [status, marks] = await mark(here, FIRST, {
      starred: true,
      tags: ['Poster', ' two   Words ', 'poster'],
    });
    expect([status, marks]).toEqual([
      200,
      { id: FIRST, ...NONE, starred: true, tags: ['poster', 'two words'], changed_at: expect.any(String) },
    ]);
    await mark(here, FIRST, {
      rating: 4,
      add_tags: ['🎉', 'a, b'],
      remove_tags: ['POSTER'],
      note: 'for Ann',
    });
    const all = {
      starred: true,
      rating: 4,
      tags: ['a, b', 'two words', '🎉'],
      note: 'for Ann',
      hidden: false,
    };
    expect(await read(here, `/api/tasks/${FIRST}/marks`)).toMatchObject(all);
    for (const path of [
      '/api/search?q=is:starred',
      `/api/search?q=cat&fields=tile&tag=${encodeURIComponent('a, b')}`,
    ])
      expect(await read(here, path)).toMatchObject({ items: [{ id: FIRST, marks: all }], total: 1 });
    expect(await read(here, `/api/tasks/${FIRST}/details`)).toMatchObject({ marks: all });
    expect(await (await here.get(`/api/tasks/${FIRST}`)).text()).toBe(before);
    await mark(here, FIRST, { starred: null, rating: null, tags: null, note: null, hidden: null });
    expect(await read(here, '/api/search?q=cat')).not.toMatchObject({ items: [{}, { marks: {} }] });
  });

  test('are found by what they are, and by words of the note', async () => {
    const here = await startMarked();
    await mark(here, FIRST, {
      starred: true,
      rating: 3,
      tags: ['poster'],
      note: 'the customer wants an elephant',
    });
    await mark(here, SECOND, { rating: 5, tags: ['post'] });
    expect(await find(here, 'q=is:starred')).toEqual([FIRST]);
    expect(await find(here, 'q=rating:%3E=3+cat&sort=oldest')).toEqual([FIRST, SECOND]);
    expect(await find(here, 'rating=5')).toEqual([SECOND]);
    expect(await find(here, 'tag=poster&tag=post&sort=oldest')).toEqual([FIRST, SECOND]);
    expect(await find(here, 'q=elephants')).toEqual([FIRST]);
    expect(await find(here, 'q=elephants+cat+tag:post*')).toEqual([FIRST]);
    expect(await find(here, 'q=cat+-elephant')).toEqual([SECOND]);
    const close = await read(here, '/api/search?q=elephant+cat&match=close&sort=relevance');
    expect((close.items as { id: string; match: string }[]).map(({ id, match }) => [id, match])).toEqual([
      [FIRST, 'exact'],
      [SECOND, 'close'],
    ]);
    // Negations and phrases of close matches know notes, too.
    expect(await find(here, 'q=catt+-elephant&match=close&sort=relevance')).toEqual([SECOND]);
    expect(await find(here, 'q=catt+%22an+elephant%22&match=close&sort=relevance')).toEqual([FIRST]);
    expect(await read(here, '/api/facets')).toMatchObject({
      tag: [
        { value: 'post', count: 1 },
        { value: 'poster', count: 1 },
      ],
    });
    await mark(here, SECOND, { tags: ['κόσμος', 'Straße'] });
    for (const tag of ['ΚΌΣΜΟΣ', 'κόσ*', 'κόσμος', 'STRASSE', 'stra*', 'stras*'])
      expect(await find(here, `tag=${encodeURIComponent(tag)}`), tag).toEqual([SECOND]);
    expect(await read(here, `/api/tags?prefix=${encodeURIComponent('ΚΌΣ')}`)).toMatchObject({
      items: [{ count: 1 }],
    });
    expect(await read(here, '/api/tags?prefix=POSTE')).toEqual({ items: [{ tag: 'poster', count: 1 }] });
  });

  test('say who changed first: the second one reads again', async () => {
    const here = await startMarked();
    const read = async () => (await here.get(`/api/tasks/${FIRST}/marks`)).headers.get('etag') ?? '';
    const etag = await read();
    expect((await here.get(`/api/tasks/${FIRST}/marks`, { 'if-none-match': etag })).status).toBe(304);
    expect((await mark(here, FIRST, { note: 'mine' }, { 'if-match': etag }))[0]).toBe(200);
    expect(await mark(here, FIRST, { note: 'yours' }, { 'if-match': etag })).toEqual([
      412,
      expect.objectContaining({ error: expect.objectContaining({ code: 'conflict' }) }),
    ]);
    expect((await mark(here, FIRST, { note: 'yours' }, { 'if-match': '"1"' }))[0]).toBe(412);
    for (const header of ['nonsense', '1', '"1", x', '"abc"'])
      expect((await mark(here, FIRST, { note: 'yours' }, { 'if-match': header }))[0], header).toBe(400);
    // A proxy that compresses makes a weak one of it.
    expect((await mark(here, FIRST, { rating: 4 }, { 'if-match': `W/${await read()}` }))[0]).toBe(200);
    expect((await mark(here, FIRST, { rating: 1 }, { 'if-match': await read() }))[0]).toBe(200);
    expect((await mark(here, FIRST, { rating: 3 }, { 'if-match': `"1", ${await read()}` }))[0]).toBe(200);
    expect((await mark(here, FIRST, { rating: 2 }, { 'if-match': '*' }))[0]).toBe(200);
    // What was taken away has a version, too.
    await mark(here, FIRST, { rating: 0, note: null });
    expect((await mark(here, FIRST, { rating: 2 }, { 'if-match': await read() }))[0]).toBe(200);
  });

  test.each<[string, unknown, number, RegExp]>([
    ['a rating of 11', { rating: 11 }, 400, /rating/],
    ['half a star', { rating: 2.5 }, 400, /rating/],
    ['a rating as text', { rating: '5' }, 400, /rating/],
    ['an unknown mark', { stared: true }, 400, /stared/],
    ['an array', [], 400, /JSON object/],
    ['a tag with control characters', { tags: ['a\u0007b'] }, 400, /control characters/],
    ['a tag with a line break', { add_tags: ['a\nb'] }, 400, /control characters/],
    ['a tag with a quotation mark', { tags: ['12" print'] }, 400, /quotation mark/],
    ['an empty tag', { tags: [' '] }, 400, /at least one/],
    ['a tag that nobody sees', { tags: ['\u200b'] }, 400, /at least one/],
    ['a tag that reverses text', { tags: ['a\u202eb'] }, 400, /reverse/],
    ['a tag that ends with a star', { add_tags: ['five*'] }, 400, /star/],
    ['a tag to remove that is too long for one', { remove_tags: ['x'.repeat(100_000)] }, 400, /remove_tags/],
    ['a tag that is too long', { tags: ['é'.repeat(MAX_TAG_CHARACTERS + 1)] }, 400, /64 characters/],
    ['too many tags', { tags: Array.from({ length: 10_000 }, (_, at) => `t${at}`) }, 400, /tags/],
    ['a note that is too long', { note: 'x'.repeat(MAX_NOTE_CHARACTERS + 1) }, 413, /10000/],
    ['a note of a megabyte', { note: 'x'.repeat(1024 * 1024) }, 413, /larger/],
  ])('refuse %s', async (_name, body, status, message) => {
    const here = await startMarked();
    expect(await mark(here, FIRST, body)).toEqual([
      status,
      expect.objectContaining({
        error: expect.objectContaining({ message: expect.stringMatching(message) }),
      }),
    ]);
    expect(await read(here, `/api/tasks/${FIRST}/marks`)).toMatchObject(NONE);
  });

  test('take what is as large as allowed, and no tag more', async () => {
    const here = await startMarked();
    const tags = Array.from({ length: MAX_TAGS }, (_, at) => `tag ${at}`);
    expect((await mark(here, FIRST, { tags, note: '猫'.repeat(MAX_NOTE_CHARACTERS) }))[0]).toBe(200);
    expect((await mark(here, FIRST, { tags: ['é'.repeat(MAX_TAG_CHARACTERS)] }))[0]).toBe(200);
    await mark(here, FIRST, { tags });
    expect((await mark(here, FIRST, { add_tags: ['one more'] }))[0]).toBe(400);
    expect((await mark(here, FIRST, { add_tags: ['tag 7'] }))[0]).toBe(200);
  });

  test('of an unknown, a forgotten or somebody else’s task are not there; a short id is enough', async () => {
    const here = await startMarked();
    const mine = await addToken(here, { limits: { userIds: ['user-1'] } });
    const reading = await addToken(here, { isReadOnly: true });
    const everything = await addToken(here);
    await here.store.mark([{ id: SECOND, change: { rating: 2 } }], { nowMs: 1 });
    await here.store.remove(SECOND);
    for (const id of ['never-seen', SECOND, THIRD])
      expect((await mark(here, id, { rating: 1 }, mine))[0], id).toBe(404);
    expect((await mark(here, THIRD, { rating: 1 }, everything))[0]).toBe(200);
    expect((await mark(here, FIRST.slice(0, -1), { rating: 1 }, mine))[0]).toBe(200);
    expect((await mark(here, FIRST, { rating: 2 }, reading))[0]).toBe(403);
    expect((await markMany(here, { ids: [FIRST], marks: { rating: 2 } }, reading))[0]).toBe(403);
    // A task that comes again has no marks, and its first version is none that anybody knows.
    await put(here, { id: SECOND, prompt: 'another cat' });
    expect(await find(here, 'rating=2', everything)).toEqual([]);
  });
});

describe('many tasks', () => {
  test('are marked by their ids or by an exact search, and the answer undoes it', async () => {
    const here = await startMarked();
    await mark(here, FIRST, { rating: 2, tags: ['old'] });
    const change = { rating: 5, add_tags: ['new'], starred: true };
    const [status, result] = await markMany(here, { q: 'cat', count: 2, marks: change });
    expect([status, result]).toEqual([
      200,
      {
        ...{ changed: 2, unchanged: 0, not_known: [], refused: [], remaining: 0, next_cursor: null },
        before: [
          { ids: [FIRST], marks: { starred: false, rating: 2, remove_tags: ['new'] } },
          { ids: [SECOND], marks: { starred: false, rating: 0, remove_tags: ['new'] } },
        ],
      },
    ]);
    expect((await find(here, 'q=is:starred+tag:new+rating:5')).sort()).toEqual([FIRST, SECOND]);
    expect(await markMany(here, { q: 'cat', count: 2, marks: change })).toMatchObject([
      200,
      { changed: 0, unchanged: 2 },
    ]);
    expect(await markMany(here, { items: result.before })).toMatchObject([200, { changed: 2 }]);
    expect(await find(here, 'q=has:rating')).toEqual([FIRST]);
    expect(await find(here, 'q=tag:old')).toEqual([FIRST]);
    expect(
      await markMany(here, { ids: [SECOND, 'never-seen', SECOND], marks: { hidden: true } }),
    ).toMatchObject([200, { changed: 1, not_known: ['never-seen'], remaining: 0 }]);
  });

  test('are as before once a change is undone, with what others have changed since', async () => {
    const here = await startTestMirror();
    const ids = numberedIds(MAX_IDS);
    for (let at = 0; at < ids.length; at += 500)
      await put(here, ...ids.slice(at, at + 500).map((id) => ({ id, state: 'failed' as const })));
    await mark(here, FIRST, { rating: 3, tags: ['own'], note: 'own' });
    const changed = await markMany(here, {
      q: 'cat',
      count: ids.length,
      marks: { add_tags: ['mine', 'own'], starred: true, rating: 1 },
    });
    await mark(here, SECOND, { add_tags: ['theirs'] });
    expect(await markMany(here, { items: changed[1].before })).toMatchObject([200, { changed: ids.length }]);
    expect(await read(here, `/api/tasks/${FIRST}/marks`)).toMatchObject({
      ...{ starred: false, rating: 3, tags: ['own'], note: 'own' },
    });
    expect(await read(here, `/api/tasks/${SECOND}/marks`)).toMatchObject({ tags: ['theirs'], rating: 0 });
    expect(await find(here, 'q=is:starred+OR+tag:mine')).toEqual([]);
    const replaced = await markMany(here, { ids: [FIRST], marks: { tags: ['other'], note: null } });
    expect(replaced[1].before).toEqual([{ ids: [FIRST], marks: { tags: ['own'], note: 'own' } }]);
    for (const note of ['one for all', null])
      expect((await markMany(here, { q: 'cat', count: ids.length, marks: { note } }))[0]).toBe(400);
  });

  test('beyond one request are gone on with, whether or not they match any longer', async () => {
    const here = await startTestMirror();
    const ids = numberedIds(MAX_IDS + 300);
    for (let at = 0; at < ids.length; at += 500)
      await put(
        here,
        ...ids.slice(at, at + 500).map((id) => ({ id, prompt: 'a cat', state: 'failed' as const })),
      );
    for (const marks of [{ starred: true }, { hidden: true }]) {
      const first = await markMany(here, { q: 'cat', count: ids.length, marks });
      expect(first).toMatchObject([
        200,
        { changed: MAX_IDS, remaining: 300, next_cursor: expect.any(String) },
      ]);
      const { remaining, next_cursor } = first[1];
      const rest = { q: 'cat', count: remaining, cursor: next_cursor, marks };
      expect(await markMany(here, rest)).toMatchObject([
        200,
        { changed: 300, remaining: 0, next_cursor: null },
      ]);
    }
    expect(await read(here, '/api/facets?q=is:hidden+is:starred&only=state')).toMatchObject({
      total: ids.length,
    });
    expect((await markMany(here, { q: 'cat', count: 0, cursor: 'x', marks: {} }))[0]).toBe(400);
  });

  test('are refused by another count, by what was not understood, and without marks', async () => {
    const here = await startMarked();
    const marks = { starred: true };
    for (const [body, status] of [
      [{ q: 'cat', count: 3, marks }, 409],
      [{ q: 'cat modle:flux', count: 0, marks }, 400],
      [{ q: 'cat', marks }, 400],
      [{ q: 'cat', count: 2, match: 'close', marks }, 400],
      [{ ids: [FIRST] }, 400],
      [{ ids: [FIRST], marks: { rating: 9 } }, 400],
      [{ ids: [FIRST], marks, items: [] }, 400],
      [{ items: 'all' }, 400],
      [{ items: [{ id: FIRST }] }, 400],
      [{ items: [{ marks }] }, 400],
      [{ items: [{ id: FIRST, marks, if_match: '1' }] }, 400],
      [{ items: [{ ids: [FIRST, FIRST], marks }] }, 400],
      [{ ids: [FIRST], colour: 'red', marks }, 400],
    ] as const)
      expect((await markMany(here, body))[0], JSON.stringify(body)).toBe(status);
    expect(await find(here, 'is=starred')).toEqual([]);
  });

  test('that would have too many tags stay as they are, and the others are marked', async () => {
    const here = await startMarked();
    await mark(here, FIRST, { tags: Array.from({ length: MAX_TAGS }, (_, at) => `t${at}`) });
    expect(await markMany(here, { ids: [FIRST, SECOND], marks: { add_tags: ['new'] } })).toMatchObject([
      200,
      { changed: 1, refused: [{ id: FIRST, reason: expect.stringContaining('100') }] },
    ]);
  });
});

describe('a hidden task', () => {
  test('is left out of what searches and counts, unless it is asked for, and of nothing else', async () => {
    const here = await startMarked();
    await mark(here, FIRST, { hidden: true, tags: ['secret'] });
    expect(await find(here, 'q=cat')).toEqual([SECOND]);
    expect(await find(here, 'q=cat&match=close&sort=relevance&group=prompt')).toEqual([SECOND]);
    expect(await find(here, 'q=is:hidden')).toEqual([FIRST]);
    expect(await read(here, '/api/facets')).toMatchObject({ total: 2, tag: [], state: [{ count: 2 }] });
    expect(await read(here, '/api/facets?q=is:hidden')).toMatchObject({
      total: 1,
      tag: [{ value: 'secret' }],
    });
    const months = await read(here, '/api/wall/months');
    expect(JSON.stringify(months)).toContain('"count":2');
    expect((await read(here, `/api/tasks/${SECOND}/similar`)).items).toEqual([]);
    const agent = await here.request('/mcp', {
      method: 'POST',
      headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
        params: { name: 'search_prompts', arguments: { query: 'cat' } },
      }),
    });
    const told = await agent.text();
    expect([told.includes(SECOND), told.includes(FIRST)]).toEqual([true, false]);
    // Those who know it, and programs that mirror the service, get it as before.
    expect((await here.get(`/api/tasks/${FIRST}/details`)).status).toBe(200);
    const list = (await (
      await here.post({ action: 'retrieve_batch' }, { 'cache-control': 'only-if-cached' })
    ).json()) as { count: number };
    expect(list.count).toBe(3);
    expect(await (await here.post({ action: 'retrieve', id: FIRST })).json()).toMatchObject({ id: FIRST });
    await mark(here, FIRST, { hidden: false });
    expect(await read(here, '/api/facets')).toMatchObject({ total: 3, tag: [{ value: 'secret' }] });
  });
});
