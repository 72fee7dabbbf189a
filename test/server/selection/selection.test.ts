/** Which tasks a request is about: the same rule for all routes that take a selection. */
import { describe, expect, test } from 'vitest';
import { numberedIds } from '../../helpers/documents.ts';
import { startTestMirror } from '../../helpers/test-mirror.ts';

const [FIRST] = numberedIds(1);
const COLLECTION = '00000000-0000-4000-8000-000000000001';
const collections = `/api/collections/${COLLECTION}`;

const ROUTES: readonly (readonly [path: string, more: Record<string, unknown>])[] = [
  ['/api/marks', { marks: { starred: true } }],
  ['/api/download', { as: 'jsonl' }],
  ['/api/forget', {}],
  [`${collections}/tasks`, {}],
  [`${collections}/remove`, {}],
];

async function startWithCollection() {
  const here = await startTestMirror();
  const named = { id: COLLECTION, name: 'Best', note: '', limits: undefined };
  await here.store.addCollection(named, here.clock.now());
  const send = (path: string, body: unknown) =>
    here.request(path, { method: 'POST', body: JSON.stringify(body) });
  return { here, send };
}

describe('a selection', () => {
  test.each(ROUTES)('that names no task is refused by %s, however empty it is', async (path, more) => {
    const { send } = await startWithCollection();
    for (const ids of [[], [''], ['', ' , '], '', null])
      expect((await send(path, { ids, ...more })).status, JSON.stringify(ids)).toBe(400);
    expect((await send(path, { ids: ['', FIRST], ...more })).status).not.toBe(400);
  });

  test('that names no task is refused as an item of marks', async () => {
    const { send } = await startWithCollection();
    for (const ids of [[], ['']]) {
      const answer = await send('/api/marks', { items: [{ ids, marks: { starred: true } }] });
      expect(answer.status, JSON.stringify(ids)).toBe(400);
    }
  });
});
