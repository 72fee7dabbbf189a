/** The routes of the wall, as a page asks them: months, a month's layout, its tasks, the place of one. */
import { describe, expect, test } from 'vitest';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { startTestMirror, type TestMirror } from '../helpers/test-mirror.ts';

const IDS = numberedIds(130);
/** Clocks in Berlin are changed in March 2025: the month has an hour less. */
const MARCH = Date.UTC(2025, 1, 28, 23);
const APRIL = Date.UTC(2025, 2, 31, 22);
const STATES = ['pending', 'succeeded', 'failed'] as const;

/** 110 tasks in March, the last one of February and the first of April, in Berlin. */
async function withMarch() {
  const here = await startTestMirror();
  const texts = [
    documentText({ id: IDS[110] ?? '', createdAt: (MARCH - 1) / 1000 }),
    documentText({ id: IDS[111] ?? '', createdAt: APRIL / 1000 }),
    ...Array.from({ length: 110 }, (_, at) =>
      documentText({
        id: IDS[at] ?? '',
        prompt: at % 10 === 0 ? 'a dog' : `a cat ${at}`,
        createdAt: (at === 0 ? MARCH : APRIL - 1 - (110 - at) * 1000) / 1000,
        state: STATES[at % 3] ?? 'pending',
      }),
    ),
  ];
  here.simulator.seed(texts);
  await here.post({ action: 'retrieve_batch', limit: 1000 });
  return here;
}

async function ask<T>(here: Pick<TestMirror, 'get'>, path: string): Promise<T> {
  const answer = await here.get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json()) as T;
}

interface Months {
  items: { month: string; from: string; to: string; count: number }[];
  total: number;
  counted_at: string;
  notes: string[];
}
interface Layout {
  count: number;
  ratios: string;
  states: string;
  cursors: string[];
}
interface Page {
  items: { id: string; state: string }[];
}

describe('the wall', () => {
  test('has months, their layouts, and pages from any hundredth task on', async () => {
    const here = await withMarch();
    const zone = 'tz=Europe/Berlin';
    const months = await ask<Months>(here, `/api/wall/months?${zone}`);
    expect(months).toMatchObject({ total: 112, counted_at: expect.any(String), notes: [] });
    expect(months.items).toEqual([
      { month: '2025-04', from: '2025-03-31T22:00:00.000Z', to: '2025-04-30T22:00:00.000Z', count: 1 },
      { month: '2025-03', from: '2025-02-28T23:00:00.000Z', to: '2025-03-31T22:00:00.000Z', count: 110 },
      { month: '2025-02', from: '2025-01-31T23:00:00.000Z', to: '2025-02-28T23:00:00.000Z', count: 1 },
    ]);
    const oldest = await ask<Months>(here, `/api/wall/months?${zone}&sort=oldest&q=cat`);
    expect(oldest.items.map(({ month, count }) => [month, count])).toEqual([
      ['2025-02', 1],
      ['2025-03', 99],
      ['2025-04', 1],
    ]);
    const folded = await ask<Months>(here, `/api/wall/months?${zone}&group=prompt&q=dog`);
    expect(folded.items).toMatchObject([{ month: '2025-03', count: 1 }]);

    for (const sort of ['newest', 'oldest']) {
      const layout = await ask<Layout>(here, `/api/wall/layout?month=2025-03&${zone}&sort=${sort}`);
      expect(layout.count).toBe(110);
      expect(layout.cursors).toHaveLength(2);
      expect([...Buffer.from(layout.ratios, 'base64')]).toEqual(new Array(110).fill(128));
      const states = Buffer.from(layout.states, 'base64');
      expect(states).toHaveLength(28);
      const inOrder = Array.from({ length: 110 }, (_, at) => (sort === 'newest' ? 109 - at : at));
      expect(inOrder.map((_, at) => ((states[at >> 2] ?? 0) >> (2 * (at & 3))) & 3)).toEqual(
        inOrder.map((at) => at % 3),
      );
      const read = async (cursor: string | undefined) =>
        (await ask<Page>(here, `/api/search?${zone}&sort=${sort}&limit=100&cursor=${cursor}`)).items.map(
          ({ id }) => id,
        );
      expect(await read(layout.cursors[0])).toEqual(inOrder.slice(0, 100).map((at) => IDS[at]));
      expect((await read(layout.cursors[1])).slice(0, 10)).toEqual(inOrder.slice(100).map((at) => IDS[at]));
    }
  });

  test('has a place for each task that matches, and none for others', async () => {
    const here = await withMarch();
    const place = (query: string) => ask<object>(here, `/api/wall/place?tz=Europe/Berlin&${query}`);
    expect(await place(`id=${IDS[109]}`)).toMatchObject({
      id: IDS[109],
      month: '2025-03',
      index: 0,
      count: 110,
      previous: IDS[111],
      next: IDS[108],
    });
    expect(await place(`id=${IDS[0]}&sort=oldest`)).toMatchObject({
      index: 0,
      previous: IDS[110],
      next: IDS[1],
    });
    expect(await place(`id=${IDS[111]}`)).toMatchObject({ month: '2025-04', previous: null, next: IDS[109] });
    expect(await place(`id=${IDS[10]}&q=dog`)).toMatchObject({ index: 9, previous: IDS[20], next: IDS[0] });
    // The newest with its prompt.
    expect(await place(`id=${IDS[10]}&group=prompt`)).toMatchObject({ id: IDS[100], index: 9, count: 100 });
    for (const query of [`id=${IDS[10]}&q=cat`, `id=${IDS[129]}`, 'id=none']) {
      const answer = await here.get(`/api/wall/place?${query}`);
      expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'not_found' } }]);
    }
  });

  test.each([
    '/api/wall/layout',
    '/api/wall/layout?month=',
    '/api/wall/layout?month=2025-3',
    '/api/wall/layout?month=2025-13',
    '/api/wall/layout?month=2025-03-01',
    '/api/wall/layout?month=2025',
    '/api/wall/layout?month=today',
    '/api/wall/layout?month=2025-03&sort=relevance',
    '/api/wall/months?sort=relevance',
    '/api/wall/months?group=model',
    '/api/wall/months?tz=Mars',
    '/api/wall/place',
    '/api/wall/place?id=',
    '/api/wall/place?id=%01',
    '/api/facets?only=prompt',
  ])('%s is 400', async (path) => {
    const { get } = await startTestMirror();
    const answer = await get(path);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'bad_request' } }]);
  });

  test('of an empty mirror, or of a month without tasks, is empty', async () => {
    const here = await startTestMirror();
    expect(await ask(here, '/api/wall/months')).toMatchObject({ items: [], total: 0 });
    for (const month of ['2025-03', '0000-01', '1969-12', '9999-12'])
      expect(await ask(here, `/api/wall/layout?month=${month}`)).toMatchObject({
        ...{ month, count: 0, ratios: '', states: '', cursors: [] },
      });
  });
});

test('facets have the lists that were asked for', async () => {
  const here = await withMarch();
  const {
    took_ms: _,
    counted_at: _at,
    ...some
  } = await ask<Record<string, unknown>>(here, '/api/facets?only=size,state&q=dog');
  expect(some).toEqual({
    total: 11,
    size: [{ value: '1024x1024', count: 11 }],
    state: expect.any(Array),
    notes: [],
    understood: [],
  });
  expect(await ask(here, '/api/facets?only=histogram&q=dog&tz=UTC')).toMatchObject({
    total: 11,
    histogram: {
      items: [
        { period: '2025-02', count: 1 },
        { period: '2025-03', count: 10 },
      ],
    },
  });
});
