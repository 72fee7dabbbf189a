/** `POST /api/forget`: removes a selection from this mirror only. */
import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { MAX_IDS } from '../../src/server/selection/selection.ts';
import { addToken } from '../helpers/access-token.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { imageHost } from '../helpers/image-host.ts';
import { filesIn, picture, removeUnused, storeTaskWithImages } from '../helpers/images.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const [FIRST, SECOND, THIRD] = numberedIds(3);

async function put({ store, clock }: TestMirror, ...options: DocumentOptions[]): Promise<void> {
  await store.storeDocuments({
    documents: options.map((one) => document(one)),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: clock.now(),
  });
}

async function forget(
  here: TestMirror,
  body: Record<string, unknown> | string,
  headers: Record<string, string> = {},
): Promise<[number, unknown]> {
  const answer = await here.request('/api/forget', {
    method: 'POST',
    headers: typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
}

async function countTasks({ store, clock }: TestMirror): Promise<number> {
  return (await store.stats(clock.now())).total;
}

describe('forgetting', () => {
  test('removes tasks with the images that no other task has, and does not ask the upstream', async () => {
    const host = await imageHost();
    host.serve('/shared', await picture('png'));
    host.serve('/own', await picture('png', { shade: 9 }));
    const here = await startTestMirror({ imageAllowHosts: host.host });
    await storeTaskWithImages(here, FIRST, [`${host.url}/shared`, `${host.url}/own`]);
    await storeTaskWithImages(here, SECOND, [`${host.url}/shared`]);
    await here.mirror.archiver.run();
    await here.store.track([THIRD], here.clock.now());
    expect(await forget(here, { ids: [FIRST, THIRD, 'never-seen', FIRST] })).toEqual([
      200,
      { forgotten: 2, images: 1, not_known: ['never-seen'], remaining: 0 },
    ]);
    expect(filesIn(here.config.dataDir, 'images')).toHaveLength(2);
    expect(await removeUnused(here)).toBe(1);
    expect(filesIn(here.config.dataDir, 'images')).toHaveLength(1);
    expect([await here.store.get(FIRST), (await here.store.get(SECOND))?.id]).toEqual([undefined, SECOND]);
    expect(here.simulator.requests).toEqual([]);
    expect(here.log()).toMatch(/"route":"\/api\/forget","status":200/);
  });

  test('may be asked for by a form', async () => {
    const here = await startTestMirror();
    await put(here, { id: FIRST }, { id: SECOND });
    expect(await forget(here, `ids=${FIRST}&ids=${SECOND}`)).toMatchObject([200, { forgotten: 2 }]);
  });

  test('of a search removes what it matches exactly, placeholders included', async () => {
    const here = await startTestMirror();
    await put(here, { id: FIRST, prompt: 'a cat' }, { id: SECOND, prompt: 'a dog' });
    const placeholder = document({ id: THIRD, prompt: 'a cat to come', state: 'pending' });
    await here.store.addPlaceholder(placeholder, { nowMs: 1, dueAtMs: 2 });
    expect(await forget(here, { q: 'cat', count: 2 })).toEqual([
      200,
      { forgotten: 2, images: 0, not_known: [], remaining: 0 },
    ]);
    expect(await countTasks(here)).toBe(1);
  });

  test('of a search leaves out what is excepted, whether it matches or not', async () => {
    const here = await startTestMirror();
    await put(
      here,
      { id: FIRST, prompt: 'a cat' },
      { id: SECOND, prompt: 'a cat' },
      { id: THIRD, prompt: 'a dog' },
    );
    expect(await forget(here, { q: 'cat', count: 2, except: [SECOND, THIRD] })).toEqual([
      200,
      { forgotten: 1, images: 0, not_known: [], remaining: 0 },
    ]);
    expect([await here.store.get(FIRST), (await here.store.get(SECOND))?.id]).toEqual([undefined, SECOND]);
    // The count is that of the search, with what is left out.
    expect((await forget(here, { q: 'cat', count: 0, except: [SECOND] }))[0]).toBe(409);
    expect((await forget(here, { ids: [SECOND], except: [SECOND] }))[0]).toBe(400);
  });

  test('removes nothing when the count has changed', async () => {
    const here = await startTestMirror();
    await put(here, { id: FIRST, prompt: 'a cat' }, { id: SECOND, prompt: 'a cat' });
    for (const count of [0, 1, 3])
      expect(await forget(here, { q: 'cat', count })).toMatchObject([
        409,
        {
          error: { code: 'conflict', message: expect.stringContaining(`matches 2 tasks, and not ${count}`) },
        },
      ]);
    expect(await countTasks(here)).toBe(2);
  });

  const DOUBTFUL: Record<string, unknown>[] = [
    { q: 'seed:abc cat', count: 1 },
    { q: 'cat', seed: 'abc', count: 1 },
    { q: `cat ${Array.from({ length: 200 }, (_, at) => `x${at}`).join(' OR ')}`, count: 0 },
    { q: 'cat', count: 1, modell: 'other' },
    { q: 'cat', count: 1, match: 'close' },
    { q: 'cat', count: 1, state: 'lost' },
    { q: 'cat' },
    {},
    { ids: [FIRST], q: 'dog' },
    { ids: Array.from({ length: MAX_IDS + 1 }, (_, at) => `id-${at}`) },
  ];
  const shown = DOUBTFUL.map((body) => [JSON.stringify(body).slice(0, 60), body] as const);
  test.each(shown)('removes nothing for %s, which may mean something else than it does', async (_, body) => {
    const here = await startTestMirror();
    await put(here, { id: FIRST, prompt: 'a cat' });
    expect(await forget(here, body)).toMatchObject([400, { error: { code: 'bad_request' } }]);
    expect(await countTasks(here)).toBe(1);
  });

  test('needs the right to everything, and to write', async () => {
    const here = await startTestMirror();
    await put(here, { id: FIRST, prompt: 'a cat', userId: 'me' });
    const limited = await addToken(here, { limits: { userIds: ['me'] } });
    const reading = await addToken(here, { isReadOnly: true });
    for (const headers of [limited, reading])
      for (const body of [{ ids: [FIRST] }, { q: 'cat', count: 1 }, {}])
        expect(await forget(here, body, headers)).toMatchObject([403, { error: { code: 'forbidden' } }]);
    expect((await forget(here, { ids: [FIRST] }))[0]).toBe(401);
    expect(await countTasks(here)).toBe(1);
    expect(await forget(here, { ids: [FIRST] }, await addToken(here))).toMatchObject([200, { forgotten: 1 }]);
  });

  test('of many tasks goes in steps, between which others are served, and says what is left', async () => {
    const here = await startTestMirror();
    const documents = numberedIds(MAX_IDS + 300).map((id) => ({ id, prompt: 'a cat' }));
    await put(here, ...documents);
    let isOver = false;
    const forgetting = forget(here, { q: 'cat', count: documents.length }).then((answer) => {
      isOver = true;
      return answer;
    });
    const waitsMs: number[] = [];
    let written = 0;
    while (!isOver) {
      const started = performance.now();
      await put(here, { id: `new-${written}`, prompt: 'a dog' });
      await (await here.get('/healthz')).arrayBuffer();
      waitsMs.push(performance.now() - started);
      written += 1;
    }
    const result = { images: 0, not_known: [] };
    expect(await forgetting).toEqual([200, { ...result, forgotten: MAX_IDS, remaining: 300 }]);
    expect(waitsMs.length).toBeGreaterThan(5);
    expect(Math.max(...waitsMs)).toBeLessThan(1500); // a turn is 10 ms on a machine that has nothing else to do
    expect(await forget(here, { q: 'cat', count: documents.length })).toMatchObject([409, {}]);
    expect(await forget(here, { q: 'cat', count: 300 })).toEqual([
      200,
      { ...result, forgotten: 300, remaining: 0 },
    ]);
    expect(await countTasks(here)).toBe(written);
  });

  test('ends when its caller hangs up, and when the mirror stops', async () => {
    const here = await startTestMirror();
    const ids = numberedIds(MAX_IDS);
    await put(here, ...ids.map((id) => ({ id })));
    const start = async () => {
      const sent = httpRequest(`${here.mirror.url}/api/forget`, { method: 'POST' });
      sent.on('error', () => undefined); // being cut off is what is expected
      const removed = new Promise<void>((resolve) => {
        const stop = here.store.onChange(({ kind }) => {
          if (kind !== 'task') return;
          stop();
          resolve();
        });
      });
      sent.end(JSON.stringify({ ids }));
      await removed;
      return sent;
    };
    const first = await start();
    const closed = new Promise((resolve) => first.once('close', resolve));
    first.destroy();
    await closed;
    const second = await start();
    second.on('response', (response) => response.resume());
    await here.mirror.stop();
    await here.restart();
    const left = await countTasks(here);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(MAX_IDS);
  });
});
