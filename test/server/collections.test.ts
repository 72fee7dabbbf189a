/** Collections by HTTP: named, ordered lists of tasks. */
import { describe, expect, test } from 'vitest';
import { MAX_COLLECTION_NOTE } from '../../src/store/contract/collections.ts';
import { MAX_NAME_CHARACTERS } from '../../src/task/entry-name.ts';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { archivedImage, type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { readZip } from '../helpers/read-zip.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FIRST, SECOND, THIRD, THEIRS] = numberedIds(4) as [TaskId, TaskId, TaskId, TaskId];

type Headers = Record<string, string>;
type Body = Record<string, unknown>;
type Answer = [status: number, body: Body];

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document(one)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

async function startWithTasks(settings: object = {}): Promise<TestMirror> {
  const here = await startTestMirror(settings);
  await put(
    here,
    { id: FIRST, prompt: 'a cat', userId: 'me' },
    { id: SECOND, prompt: 'another cat', userId: 'me' },
    { id: THIRD, prompt: 'a dog', userId: 'me' },
    { id: THEIRS, prompt: 'a secret cat', userId: 'other' },
  );
  return here;
}

async function send(here: TestMirror, line: string, body?: unknown, headers: Headers = {}): Promise<Answer> {
  const [method = '', path = ''] = line.split(' ');
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await here.request(path, init);
  const text = await answer.text();
  return [answer.status, { ...(text === '' ? {} : (JSON.parse(text) as Body)) }];
}

async function create(here: TestMirror, name = 'Best', headers?: Headers): Promise<string> {
  const [status, { id }] = await send(here, 'POST /api/collections', { name }, headers);
  expect(status).toBe(201);
  return `/api/collections/${String(id)}`;
}

async function listIds(here: TestMirror, path: string, headers?: Headers): Promise<unknown[]> {
  const [, { items }] = await send(here, `GET ${path}/tasks`, undefined, headers);
  return (items as { id: string; task: unknown }[]).map(({ id, task }) => (task === null ? [id] : id));
}

describe('a collection', () => {
  test('is created, read, changed and removed', async () => {
    const here = await startWithTasks();
    const [status, created] = await send(here, 'POST /api/collections', {
      name: '  Best  of March ',
      note: 'for the client',
    });
    expect([status, created]).toMatchObject([
      201,
      { name: 'Best of March', note: 'for the client', tasks: 0, cover: null, is_shared: false, link: null },
    ]);
    const path = `/api/collections/${String(created.id)}`;
    expect(await send(here, `GET ${path}`)).toEqual([200, created]);
    expect(await send(here, 'GET /api/collections')).toEqual([200, { items: [created] }]);
    expect(await send(here, `PATCH ${path}`, { name: 'Worst', note: null })).toMatchObject([
      200,
      { name: 'Worst', note: '' },
    ]);
    expect((await here.request(path, { method: 'DELETE' })).status).toBe(204);
    for (const line of [`GET ${path}`, `PATCH ${path}`, `DELETE ${path}`, `GET ${path}/tasks`])
      expect((await send(here, line, line.startsWith('PATCH') ? {} : undefined))[0], line).toBe(404);
    expect((await here.store.get(FIRST))?.id).toBe(FIRST);
  });

  test.each([
    ['no name', {}, 400],
    ['an empty name', { name: '  ' }, 400],
    ['a name with a line break', { name: 'a\nb' }, 400],
    ['a name that reverses text', { name: 'a\u202eb' }, 400],
    ['a name that is too long', { name: 'x'.repeat(MAX_NAME_CHARACTERS + 1) }, 400],
    ['a name that is no text', { name: 7 }, 400],
    ['a member that is not known', { name: 'a', colour: 'red' }, 400],
    ['a note that is too long', { name: 'a', note: 'x'.repeat(MAX_COLLECTION_NOTE + 1) }, 413],
    ['a name that is taken, in other letters', { name: 'BEST' }, 409],
  ])('is refused with %s', async (_, body, status) => {
    const here = await startWithTasks();
    const path = await create(here);
    expect((await send(here, 'POST /api/collections', body))[0]).toBe(status);
    if (status === 409 || !('name' in body)) return;
    expect((await send(here, `PATCH ${path}`, body))[0]).toBe(status);
    expect(await send(here, `GET ${path}`)).toMatchObject([200, { name: 'Best' }]);
  });

  test('has a note without control characters, and errors quote none of them', async () => {
    const here = await startWithTasks();
    expect(
      await send(here, 'POST /api/collections', { name: 'Notes', note: 'one\r\n\ttwo\u0007\u202e' }),
    ).toMatchObject([201, { note: 'one\r\n\ttwo' }]);
    for (const hidden of ['\u202e', '\u200f', '\u009f']) {
      const [, answer] = await send(here, 'POST /api/collections', { name: 'a', [`x${hidden}`]: 1 });
      const { message } = (answer as { error: { message: string } }).error;
      expect(message).toContain(`x\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`);
      expect(message).not.toContain(hidden);
    }
  });

  test('is changed by one of two editors, and the other is told', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    const etag = (await here.get(path)).headers.get('etag') ?? '';
    const both = { 'if-match': etag };
    expect((await send(here, `PATCH ${path}`, { note: 'mine' }, both))[0]).toBe(200);
    expect(await send(here, `PATCH ${path}`, { note: 'yours' }, both)).toMatchObject([
      412,
      { error: { code: 'conflict' } },
    ]);
    for (const [line, body] of [
      [`POST ${path}/tasks`, { ids: [FIRST] }],
      [`POST ${path}/remove`, { ids: [FIRST] }],
      [`PUT ${path}/link`, {}],
      [`DELETE ${path}/link`, undefined],
      [`DELETE ${path}`, undefined],
    ] as const)
      expect((await send(here, line, body, both))[0], line).toBe(412);
    expect((await send(here, `PATCH ${path}`, {}, { 'if-match': 'nonsense' }))[0]).toBe(400);
  });

  test('is sent whole to a cache that has it: its cover may be another, and its link not for everybody', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    await send(here, `POST ${path}/tasks`, { ids: [FIRST, SECOND] });
    const etag = (await here.get(path)).headers.get('etag') ?? '';
    await send(here, `PATCH /api/tasks/${FIRST}/marks`, { hidden: true });
    const answer = await here.get(path, { 'if-none-match': etag });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ cover: { id: SECOND } });
  });

  test('takes tasks by id and by search, in order, and gives back what undoes it', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    expect(await send(here, `POST ${path}/tasks`, { ids: [THIRD, 'nobody'] })).toEqual([
      200,
      { added: [THIRD], moved: 0, not_known: ['nobody'], before: [], remaining: 0, next_cursor: null },
    ]);
    const search = { q: 'cat', count: 3 };
    expect(await send(here, `POST ${path}/tasks`, { ...search, count: 2 })).toMatchObject([409, {}]);
    expect(await send(here, `POST ${path}/tasks`, { ...search, before: THIRD })).toMatchObject([
      200,
      { added: [FIRST, SECOND, THEIRS] },
    ]);
    expect(await listIds(here, path)).toEqual([FIRST, SECOND, THEIRS, THIRD]);
    const [, moved] = await send(here, `POST ${path}/tasks`, { ids: [FIRST, THEIRS], before: null });
    expect(moved).toMatchObject({
      moved: 2,
      before: [
        { ids: [FIRST], before: SECOND },
        { ids: [THEIRS], before: THIRD },
      ],
    });
    expect(await listIds(here, path)).toEqual([SECOND, THIRD, FIRST, THEIRS]);
    for (const run of moved.before as Body[]) await send(here, `POST ${path}/tasks`, run);
    expect(await listIds(here, path)).toEqual([FIRST, SECOND, THEIRS, THIRD]);
    const [, taken] = await send(here, `POST ${path}/remove`, { ids: [SECOND, THIRD, 'nobody'] });
    expect(taken).toMatchObject({ removed: 2 });
    expect(await listIds(here, path)).toEqual([FIRST, THEIRS]);
    expect(await send(here, `POST ${path}/tasks`, { runs: taken.before })).toMatchObject([
      200,
      { added: [SECOND, THIRD], moved: 0, remaining: 0, next_cursor: null },
    ]);
    expect(await listIds(here, path)).toEqual([FIRST, SECOND, THEIRS, THIRD]);
  });

  test.each([
    ['nothing', {}],
    ['a part of a search that is not understood', { q: 'model:', count: 0 }],
    ['a place before what is not in it', { ids: [FIRST], before: SECOND }],
    ['a place before nonsense', { ids: [FIRST], before: 7 }],
    ['a field that is not known', { ids: [FIRST], after: SECOND }],
    ['no runs', { runs: [] }],
    ['a run of no task', { runs: [{ ids: [], before: null }] }],
    ['a run without a place', { runs: [{ ids: [FIRST] }] }],
    [
      'runs, one of which has no place',
      {
        runs: [
          { ids: [FIRST], before: null },
          { ids: [SECOND], before: 'x' },
        ],
      },
    ],
    ['runs and another place', { runs: [{ ids: [FIRST], before: null }], before: null }],
    ['runs and ids', { runs: [{ ids: [FIRST], before: null }], ids: [SECOND] }],
    ['too many tasks in runs', { runs: [{ ids: numberedIds(5001), before: null }] }],
  ])('refuses %s', async (_, body) => {
    const here = await startWithTasks();
    const path = await create(here);
    expect((await send(here, `POST ${path}/tasks`, body))[0]).toBe(400);
    expect(await listIds(here, path)).toEqual([]);
  });

  test('has pages of whole tasks, or of tiles, with gaps where tasks were forgotten', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    await send(here, `POST ${path}/tasks`, { ids: [THIRD, FIRST, SECOND] });
    await send(here, 'POST /api/forget', { ids: [FIRST] });
    const [, first] = await send(here, `GET ${path}/tasks?limit=2`);
    expect(first).toMatchObject({
      items: [
        { id: THIRD, task: { prompt: 'a dog', images: [{}] } },
        { id: FIRST, task: null },
      ],
    });
    const cursor = String(first.next_cursor);
    expect(await send(here, `GET ${path}/tasks?limit=2&fields=tile&cursor=${cursor}`)).toMatchObject([
      200,
      { items: [{ id: SECOND, task: { prompt: 'another cat', cut_start: 0 } }], next_cursor: null },
    ]);
    expect(await send(here, `GET ${path}`)).toMatchObject([200, { tasks: 3 }]);
    for (const query of ['limit=0', 'limit=501', 'cursor=x', 'fields=none'])
      expect((await send(here, `GET ${path}/tasks?${query}`))[0], query).toBe(400);
  });

  test('has as its cover its first task with a picture, or the one that was chosen', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    const hash = 'ab'.repeat(32);
    await here.store.archiveImage(
      { taskId: SECOND, n: 0 },
      { ...archivedImage(hash), thumbhash: Buffer.alloc(20, 7) },
      1,
    );
    await send(here, `POST ${path}/tasks`, { ids: [FIRST, SECOND] });
    const readCover = async () => (await send(here, `GET ${path}`))[1].cover;
    expect(await readCover()).toMatchObject({ id: SECOND, sha256: hash, is_chosen: false });
    await send(here, `PATCH ${path}`, { cover: FIRST });
    expect(await readCover()).toEqual({ id: FIRST, sha256: null, color: null, is_chosen: true });
    expect((await send(here, `PATCH ${path}`, { cover: THIRD }))[0]).toBe(400);
    await send(here, `PATCH ${path}`, { cover: null });
    await send(here, `PATCH /api/tasks/${SECOND}/marks`, { hidden: true });
    expect(await readCover()).toMatchObject({ id: FIRST, is_chosen: false });
  });

  test('is found by a task that it has', async () => {
    const here = await startWithTasks();
    const path = await create(here, 'A');
    await create(here, 'B');
    await send(here, `POST ${path}/tasks`, { ids: [FIRST] });
    const findNames = async (task: string) => {
      const [, { items }] = await send(here, `GET /api/collections?task=${task}`);
      return (items as Body[]).map(({ name }) => name);
    };
    expect(await findNames(FIRST)).toEqual(['A']);
    expect(await findNames(SECOND)).toEqual([]);
  });

  test('can be read by a read-only token, without its link, and not be changed', async () => {
    const here = await startWithTasks();
    const path = await create(here);
    await send(here, `POST ${path}/tasks`, { ids: [FIRST] });
    await send(here, `PUT ${path}/link`, {});
    const reader = await addToken(here, { isReadOnly: true });
    expect(await send(here, `GET ${path}`, undefined, reader)).toMatchObject([
      200,
      { is_shared: true, link: null },
    ]);
    expect(await listIds(here, path, reader)).toEqual([FIRST]);
    for (const [line, body] of [
      ['POST /api/collections', { name: 'x' }],
      [`PATCH ${path}`, { name: 'x' }],
      [`DELETE ${path}`, undefined],
      [`PUT ${path}/link`, {}],
      [`DELETE ${path}/link`, undefined],
      [`POST ${path}/tasks`, { ids: [SECOND] }],
      [`POST ${path}/remove`, { ids: [FIRST] }],
    ] as const)
      expect((await send(here, line, body, reader))[0], line).toBe(403);
  });

  test('of a limited token has tasks of that only, and others learn nothing of it', async () => {
    const here = await startWithTasks();
    const all = await addToken(here);
    const mine = await addToken(here, { limits: { userIds: ['me'] } });
    const theirs = await addToken(here, { limits: { userIds: ['other'] } });
    const path = await create(here, 'Mine', mine);
    expect(await send(here, `POST ${path}/tasks`, { ids: [FIRST, THEIRS] }, mine)).toMatchObject([
      200,
      { added: [FIRST], not_known: [THEIRS] },
    ]);
    // The same of somebody who sees more: the collection would show it to its owner.
    expect(await send(here, `POST ${path}/tasks`, { ids: [THEIRS] }, all)).toMatchObject([
      200,
      { added: [], not_known: [THEIRS] },
    ]);
    expect(await send(here, 'GET /api/collections', undefined, theirs)).toEqual([200, { items: [] }]);
    for (const line of [`GET ${path}`, `GET ${path}/tasks`, `DELETE ${path}`])
      expect((await send(here, line, undefined, theirs))[0], line).toBe(404);
    // Whether a name is taken tells nothing of others either.
    await create(here, 'Mine', theirs);
    expect(await send(here, 'GET /api/collections', undefined, all)).toMatchObject([
      200,
      { items: [{ name: 'Mine' }, { name: 'Mine' }] },
    ]);
  });

  test('is downloaded in its order', async () => {
    const here = await startWithTasks();
    const path = await create(here, 'Best of March');
    await send(here, `POST ${path}/tasks`, { ids: [THIRD, FIRST, SECOND] });
    await send(here, 'POST /api/forget', { ids: [FIRST] });
    const collection = path.split('/').at(-1);
    const ask = (more: object) =>
      here.request('/api/download', { method: 'POST', body: JSON.stringify({ collection, ...more }) });
    const answer = await ask({ as: 'zip' });
    expect(answer.headers.get('content-disposition')).toContain('flux-mirror best-of-march ');
    const names = [...readZip(Buffer.from(await answer.arrayBuffer())).keys()];
    expect(names).toMatchObject([
      expect.stringMatching(/^1 .* a-dog .*\.json$/),
      expect.stringMatching(/^3 .* another-cat .*\.json$/),
      'not-included.txt',
    ]);
    const lines = (await (await ask({ as: 'jsonl' })).text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as Body).id)).toEqual([THIRD, SECOND]);
    expect((await ask({ ids: [FIRST] })).status).toBe(400);
    expect((await ask({ collection: 'unknown' })).status).toBe(404);
    const theirs = await addToken(here, { limits: { userIds: ['other'] } });
    const refused = await here.request('/api/download', {
      ...{ method: 'POST', headers: theirs, body: JSON.stringify({ collection }) },
    });
    expect(refused.status).toBe(404);
  });
});
