import { expect, test } from 'vitest';
import type { Api } from '../../../src/web/client/api.ts';
import { listAllIds, splitList, splitUndo } from '../../../src/web/client/marking-steps.ts';

/** A mirror whose search finds so many tasks. */
function createApi(count: number): Pick<Api, 'get'> {
  return {
    get: async <T>(_path: string, params = new URLSearchParams()) => {
      const start = Number(params.get('cursor') ?? 0);
      const end = Math.min(count, start + Number(params.get('limit')));
      const items = Array.from({ length: end - start }, (_, at) => ({ id: `task ${start + at}` }));
      return { items, next_cursor: end < count ? String(end) : null } as T;
    },
  };
}

const SEARCH = { search: { q: ['cat'] }, ids: ['task 7'], found: 250, count: 249 };

test('a list is divided into parts', () => {
  expect(splitList([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(splitList([], 2)).toEqual([]);
});

test('all ids of a search are read, but for those that are left out', async () => {
  const progress: number[] = [];
  const ids = await listAllIds(createApi(250), SEARCH, (done) => progress.push(done));
  expect(ids).toHaveLength(249);
  expect(ids).not.toContain('task 7');
  expect(progress).toEqual([100, 200, 250]);
});

test.each([249, 251, 900])('a search that finds %d tasks instead by now is refused', async (count) => {
  await expect(listAllIds(createApi(count), SEARCH, () => undefined)).rejects.toMatchObject({ status: 409 });
});

test('an undo is divided by tasks, whether they have the same marks or not', () => {
  const marks = { starred: false };
  expect(
    splitUndo(
      [
        { ids: ['a', 'b', 'c'], marks },
        { ids: ['d'], marks: { rating: 2 } },
        { ids: ['e', 'f'], marks },
      ],
      2,
    ),
  ).toEqual([
    [{ ids: ['a', 'b'], marks }],
    [
      { ids: ['c'], marks },
      { ids: ['d'], marks: { rating: 2 } },
    ],
    [{ ids: ['e', 'f'], marks }],
  ]);
  expect(splitUndo([], 2)).toEqual([]);
});
