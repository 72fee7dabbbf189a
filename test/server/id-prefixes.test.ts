/** `/api/tasks/:id` by the beginning of an id. */
import { describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/task/id.ts';
import { addToken } from '../helpers/access-token.ts';
import { document } from '../helpers/documents.ts';
import { startTestMirror } from '../helpers/test-mirror.ts';

const idOf = (end: string) => `abcdef01-0000-4000-8000-${end.padStart(12, '0')}` as TaskId;
const [MINE, THEIRS, OTHER] = [idOf('1'), idOf('2'), 'abcdef99-0000-4000-8000-000000000003' as TaskId];

async function startMirror() {
  const here = await startTestMirror({ offline: 'true' });
  const owned = [
    [MINE, 'me'],
    [THEIRS, 'them'],
    [OTHER, 'them'],
  ] as const;
  await here.store.storeDocuments({
    documents: owned.map(([id, user]) => document({ id, state: 'succeeded', more: { user_id: user } })),
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: here.clock.now(),
  });
  return here;
}

describe('a document', () => {
  test.each([
    ['its whole id', OTHER],
    ['its first six characters and more', 'abcdef9'],
    ['the same in upper case', 'ABCDEF99-'],
  ])('is found by %s', async (_, given) => {
    const here = await startMirror();
    const answer = await here.get(`/api/tasks/${given}`);
    expect([answer.status, ((await answer.json()) as { id: string }).id]).toEqual([200, OTHER]);
    const refreshed = await here.request(`/api/tasks/${given}/refresh`, { method: 'POST' });
    expect([refreshed.status, ((await refreshed.json()) as { id: string }).id]).toEqual([200, OTHER]);
  });

  test.each(['/api/tasks/abcdef', '/api/tasks/abcdef01-0000'])(
    'that is one of several is 409 with the candidates, at %s',
    async (path) => {
      const here = await startMirror();
      for (const [method, url] of [
        ['GET', path],
        ['POST', `${path}/refresh`],
      ] as const) {
        const answer = await here.request(url, { method });
        const { error } = (await answer.json()) as {
          error: { code: string; message: string; candidates: string[] };
        };
        expect([answer.status, error.code]).toEqual([409, 'ambiguous']);
        expect(error.candidates).toEqual(expect.arrayContaining([MINE, THEIRS]));
        for (const id of [MINE, THEIRS]) expect(error.message).toContain(id);
      }
    },
  );

  test('is not found by fewer than six characters', async () => {
    const here = await startMirror();
    expect((await here.get('/api/tasks/abcde')).status).toBe(404);
  });

  test('is not found by its beginning on a drop-in route', async () => {
    const here = await startMirror();
    expect((await here.post({ action: 'retrieve', id: 'abcdef99' })).status).toBe(404);
    expect(await (await here.post({ action: 'retrieve_batch', ids: ['abcdef99'] })).json()).toMatchObject({
      items: [],
    });
  });
});

test('a limited token neither finds foreign tasks, nor learns of them from an ambiguity', async () => {
  const here = await startMirror();
  const mine = await addToken(here, { limits: { userIds: ['me'] } });
  const own = await here.get('/api/tasks/abcdef01', mine);
  expect([own.status, ((await own.json()) as { id: string }).id]).toEqual([200, MINE]);
  expect((await here.get('/api/tasks/abcdef99', mine)).status).toBe(404);
  expect((await here.get(`/api/tasks/${THEIRS.slice(0, -1)}`, mine)).status).toBe(200); // its own one begins the same
  expect((await here.get(`/api/tasks/${THEIRS}`, mine)).status).toBe(404);
});

test('a foreign task whose whole id begins an own one does not hide it', async () => {
  const here = await startMirror();
  await here.store.storeDocuments({
    documents: [document({ id: 'foreign', userId: 'them' }), document({ id: 'foreign-1', userId: 'me' })],
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: here.clock.now(),
  });
  const mine = await addToken(here, { limits: { userIds: ['me'] } });
  const answer = await here.get('/api/tasks/foreign', mine);
  expect(await answer.json()).toMatchObject({ id: 'foreign-1' });
});

test('tracking ends by an unambiguous beginning, also of an id that is only tracked', async () => {
  const here = await startMirror();
  await here.store.track(['tracked-1' as TaskId, 'tracked-2' as TaskId], 1);
  const end = async (id: string) => {
    const answer = await here.request(`/api/tracked/${id}`, { method: 'DELETE' });
    await answer.arrayBuffer();
    return answer.status;
  };
  expect([await end('tracked'), await end('tracked-1'), await end('tracke'), await end('tracke')]).toEqual([
    409, 200, 200, 404,
  ]);
});

test('a limited lookup costs the same whatever the user has stored', async () => {
  const here = await startMirror();
  const documents = Array.from({ length: 5000 }, () => document({ userId: 'me' }));
  await here.store.storeDocuments({
    documents,
    requestSeq: await here.store.nextRequestSeq(),
    fetchedAtMs: 1,
  });
  const within = { userIds: ['me'], applicationIds: [] };
  const started = process.cpuUsage();
  for (let n = 0; n < 500; n += 1)
    await here.store.findIds('abcdef', { limit: 11, within, onlyDocuments: true });
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000, 'ms').toBeLessThan(300); // reading all tasks of the user: 800
});
