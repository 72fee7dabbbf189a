/** Collections by their names, and their addresses. */
import { expect, test } from 'vitest';
import { filterCollections, isSameName, linkToCollection } from '../../../src/web/view/collections-data.ts';

const NAMES = ['Posters for autumn', 'AUTUMN, sent', '给客户的图片', 'Straße'].map((name) => ({ name }));

test.each([
  ['', 4],
  ['autumn', 2],
  ['AUT post', 1],
  ['post  aut', 1],
  ['客户', 1],
  ['straße', 1],
  ['winter', 0],
])('%j finds %d', (text, count) => {
  expect(filterCollections(NAMES, text)).toHaveLength(count);
});

test('two names are one whatever their case and spaces', () => {
  expect(isSameName('Sea  side ', 'sea side')).toBe(true);
  expect(isSameName('Ｓea side', 'sea side')).toBe(true);
  expect(isSameName('seaside', 'sea side')).toBe(false);
});

test('an address has the id and the cursor escaped', () => {
  expect(linkToCollection('a b')).toBe('./collections?id=a+b');
  expect(linkToCollection('7', '99')).toBe('./collections?id=7&cursor=99');
});
