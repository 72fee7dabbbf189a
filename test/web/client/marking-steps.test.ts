import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/web/client/api.ts';
import { listAllIds, listMarkSteps, splitList, splitUndo } from '../../../src/web/client/marking-steps.ts';
import type { MarkResult } from '../../../src/web/view/data.ts';

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

describe('the requests that mark a selection', () => {
  const marks = { starred: true };
  const answer = (remaining: number, next_cursor: string | null): MarkResult => ({
    ...{ changed: 1, unchanged: 0, not_known: [], refused: [], before: [], remaining, next_cursor },
  });
  const listIds = async () => ['a', 'b'];

  test('of a search beyond what one takes go on where the answer before ended', async () => {
    const steps = listMarkSteps({ ...SEARCH, found: 12_000, ids: ['x'] }, marks, listIds);
    const search = { ...SEARCH.search, except: ['x'], marks };
    expect((await steps.next()).value).toEqual({ ...search, count: 12_000 });
    expect((await steps.next(answer(6999, 'c'))).value).toEqual({ ...search, count: 6999, cursor: 'c' });
    expect((await steps.next(answer(1999, 'd'))).value).toEqual({ ...search, count: 1999, cursor: 'd' });
    expect((await steps.next(answer(0, null))).done).toBe(true);
  });

  test('end when the mirror says of no more, or of no place to go on', async () => {
    for (const [remaining, cursor] of [
      [0, 'c'],
      [7, null],
    ] as const) {
      const steps = listMarkSteps({ ...SEARCH, ids: [] }, marks, listIds);
      await steps.next();
      expect((await steps.next(answer(remaining, cursor))).done).toBe(true);
    }
  });

  test('name the tasks, if they are no search or too many are left out of it', async () => {
    const ids = Array.from({ length: 5001 }, (_, at) => `task-${at}`);
    const ofIds = listMarkSteps({ ...SEARCH, search: undefined, ids }, marks, listIds);
    expect((await ofIds.next()).value).toEqual({ ids: ids.slice(0, 5000), marks });
    expect((await ofIds.next(answer(0, null))).value).toEqual({ ids: ids.slice(5000), marks });
    const ofRest = listMarkSteps({ ...SEARCH, ids }, marks, listIds);
    expect((await ofRest.next()).value).toEqual({ ids: ['a', 'b'], marks });
  });
});
