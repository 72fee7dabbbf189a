import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildSearchParams,
  EMPTY_VIEW,
  formatView,
  getSort,
  isFiltered,
  isFolded,
  isSameSearch,
  parseView,
  type View,
} from '../../../src/web/view/url.ts';

const value = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !text.includes(',') && text.trim() === text && text !== '');
const view: fc.Arbitrary<View> = fc.record({
  q: fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => text.isWellFormed()),
  from: fc.constantFrom('', '2026', '2026-03'),
  to: fc.constantFrom('', '2026-08-31'),
  model: fc.uniqueArray(value, { maxLength: 3 }),
  size: fc.uniqueArray(value, { maxLength: 2 }),
  action: fc.uniqueArray(fc.constantFrom('generate', 'edit')),
  state: fc.uniqueArray(fc.constantFrom('pending', 'succeeded', 'failed')),
  tag: fc.uniqueArray(
    fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => text.trim() === text && text.isWellFormed()),
    { maxLength: 3 },
  ),
  is: fc.uniqueArray(fc.constantFrom('starred', 'hidden')),
  rating: fc.constantFrom('', '>=4'),
  sort: fc.constantFrom(undefined, 'relevance' as const, 'newest' as const, 'oldest' as const),
  group: fc.constantFrom(undefined, 'prompt' as const, 'none' as const),
  tz: fc.constantFrom('', 'Asia/Shanghai'),
  task: fc.constantFrom('', '2db0168c-2373-4367-8d9a-9dc778802e8a', 'a b&c=d#e?'),
  cursor: fc.constantFrom('', 'eyJzIjoxfQ'),
});

test('the address of a view is read as the same view', () => {
  fc.assert(
    fc.property(view, (each) => {
      expect(parseView(new URLSearchParams(formatView(each)))).toEqual(each);
    }),
  );
});

test('anything in the address is a view, and what it does not know is left out', () => {
  expect(parseView(new URLSearchParams('?q=cat&state=failed,gone&sort=best&group=x&more=1'))).toEqual({
    ...EMPTY_VIEW,
    q: 'cat',
    state: ['failed'],
  });
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseView(new URLSearchParams(text));
    }),
  );
});

describe('without a choice of the reader', () => {
  test.each([
    ['', 'newest', false],
    ['cat', 'relevance', true],
    ['model:flux-dev', 'newest', false],
    ['model:flux-dev cat', 'relevance', true],
    ['-cat', 'newest', false],
    ['"a cat"', 'relevance', true],
    ['on:2026-03', 'newest', false],
    ['猫', 'relevance', true],
  ])('a search for %j is ordered by %s', (q, sort, isFoldedThen) => {
    const each = { ...EMPTY_VIEW, q };
    expect([getSort(each), isFolded(each)]).toEqual([sort, isFoldedThen]);
  });
});

test('the search has the reader’s time zone unless the address has one', () => {
  const params = buildSearchParams(
    { ...EMPTY_VIEW, q: 'cat', model: ['flux-dev', 'flux-pro'] },
    'Europe/Berlin',
  );
  expect(Object.fromEntries(params)).toMatchObject({
    q: 'cat',
    sort: 'relevance',
    match: 'close',
    tz: 'Europe/Berlin',
  });
  expect(params.getAll('model')).toEqual(['flux-dev', 'flux-pro']);
  expect(buildSearchParams({ ...EMPTY_VIEW, tz: 'Asia/Tokyo' }, 'Europe/Berlin').get('tz')).toBe(
    'Asia/Tokyo',
  );
});

test('another task is the same search, another filter is not', () => {
  const cats = { ...EMPTY_VIEW, q: 'cat' };
  expect(isSameSearch(cats, { ...cats, task: 'x' })).toBe(true);
  expect(isSameSearch(cats, { ...cats, size: ['1:1'] })).toBe(false);
  expect([isFiltered(EMPTY_VIEW), isFiltered({ ...EMPTY_VIEW, size: ['1:1'] })]).toEqual([false, true]);
  expect(
    [{ tag: ['a'] }, { is: ['starred'] }, { rating: '>=4' }].map((each) =>
      isFiltered({ ...EMPTY_VIEW, ...each }),
    ),
  ).toEqual([true, true, true]);
});

test('a tag may have a comma, and several are repeated', () => {
  const view = parseView(new URLSearchParams('?tag=red,+round&tag=poster&tag=poster&is=starred,gone'));
  expect(view).toMatchObject({ tag: ['red, round', 'poster'], is: ['starred'] });
  expect(buildSearchParams(view, '').getAll('tag')).toEqual(['red, round', 'poster']);
});
