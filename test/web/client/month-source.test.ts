import { expect, test } from 'vitest';
import type { Api } from '../../../src/web/client/api.ts';
import { createMonthSource } from '../../../src/web/client/wall/month-source.ts';
import type { TileData } from '../../../src/web/view/data.ts';

const FROM = '2026-03-01T00:00:00.000Z';
const MONTH = { month: '2026-03', from: FROM, to: '2026-04-01T00:00:00.000Z' };

/** A mirror of one month, the newest task first, whose tasks a test changes. */
function startMonth(names: readonly string[]) {
  const here = { names: [...names], state: 'pending', beforeAnswer: () => undefined as unknown };
  const createTile = (id: string) => ({ id, created_at: FROM, state: here.state, ratio: 1 }) as TileData;
  const readMonth = () => ({ ...MONTH, count: here.names.length });
  const readLayout = () => ({
    ...{ month: MONTH.month, count: here.names.length, cursors: ['first'] },
    ratios: btoa('\u0001'.repeat(here.names.length)),
    states: btoa('\u0055'),
  });
  const get = async (path: string) => {
    if (path === 'api/wall/months') return { items: [readMonth()] };
    if (path === 'api/wall/layout') return readLayout();
    const items = here.names.map(createTile);
    here.beforeAnswer();
    return { items };
  };
  const source = createMonthSource({
    ...{ api: { get } as unknown as Api, params: new URLSearchParams(), onChange: () => undefined },
    ...{ months: [readMonth()], layouts: [readLayout()], tiles: here.names.map(createTile) },
  });
  const list = () => {
    const [section] = source.sections;
    return Array.from({ length: section?.count ?? 0 }, (_, index) => section?.getTile(index)?.id);
  };
  const want = () => source.want([{ section: 0, first: 0, end: here.names.length }]);
  const listStates = () => [
    ...new Set(here.names.map((_, index) => source.sections[0]?.getTile(index)?.state)),
  ];
  return { here, source, list, want, listStates };
}

const NAMES = ['a', 'b', 'c', 'd', 'e'];

test('tiles that have left close their gaps at once', async () => {
  const { here, source, list } = startMonth(NAMES);
  here.names = ['a', 'c', 'e'];
  await source.refresh(new Set(['b', 'd']));
  expect(list()).toEqual(['a', 'c', 'e']);
});

test.each([
  ['that have left unnoticed', ['a', 'c', 'd', 'e'], undefined],
  ['that have come back', ['a', 'b', 'x', 'c', 'd', 'e'], new Set(['x'])],
])('the others are loaded again around tiles %s', async (_what, names, moved) => {
  const { here, source, list } = startMonth(NAMES);
  here.names = names;
  await source.refresh(moved);
  source.want([{ section: 0, first: 0, end: names.length }]);
  await expect.poll(list).toEqual(names);
});

test('new tiles come at the start, and move none of the others', async () => {
  const { here, source, list } = startMonth(NAMES);
  here.names = ['new', ...NAMES];
  expect(await source.refresh()).toBe(1);
  expect(list()).toEqual([undefined, ...NAMES]);
});

test('tiles that may have changed are loaded again, although all of them are there', async () => {
  const { here, source, want, listStates } = startMonth(NAMES);
  here.state = 'succeeded';
  want();
  expect(listStates()).toEqual(['pending']);
  source.markOutdated();
  want();
  await expect.poll(listStates).toEqual(['succeeded']);
});

test('an answer that is older than the last change is followed by another', async () => {
  const { here, source, want, listStates } = startMonth(NAMES);
  here.beforeAnswer = () => {
    here.beforeAnswer = () => undefined;
    here.state = 'failed';
    source.markOutdated();
  };
  here.state = 'succeeded';
  source.markOutdated();
  want();
  await expect.poll(listStates).toEqual(['succeeded']);
  want();
  await expect.poll(listStates).toEqual(['failed']);
});
