/** The order of the pictures of a collection, as the page shows it. */
import { describe, expect, test } from 'vitest';
import { findDropPlace, moveEntry } from '../../../src/web/client/collections/order.ts';
import { findNextPlace } from '../../../src/web/client/collections/picture-focus.ts';

const ENTRIES = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

const join = (entries: readonly { id: string }[]) => entries.map(({ id }) => id).join('');

test.each([
  ['a', 2, 'bcad'],
  ['d', 0, 'dabc'],
  ['b', 3, 'acdb'],
  ['b', 99, 'acdb'],
  ['c', -1, 'cabd'],
])('%s is moved to place %d', (id, to, expected) => {
  expect(join(moveEntry(ENTRIES, id, to))).toBe(expected);
});

test('what is not there, or stands there already, leaves the same list', () => {
  expect(moveEntry(ENTRIES, 'x', 1)).toBe(ENTRIES);
  expect(moveEntry(ENTRIES, 'b', 1)).toBe(ENTRIES);
});

describe('a picture that is dropped', () => {
  const drop = (id: string, target: string, side: 'before' | 'after') => {
    const place = findDropPlace(ENTRIES, { id, target: { id: target, side } });
    return place === undefined ? undefined : join(moveEntry(ENTRIES, id, place));
  };

  test.each([
    ['a', 'c', 'before', 'bacd'],
    ['a', 'c', 'after', 'bcad'],
    ['a', 'd', 'after', 'bcda'],
    ['d', 'b', 'before', 'adbc'],
    ['d', 'b', 'after', 'abdc'],
    ['d', 'a', 'before', 'dabc'],
  ] as const)('%s on %s, %s it', (id, target, side, expected) => {
    expect(drop(id, target, side)).toBe(expected);
  });

  test.each([
    ['b', 'b', 'before'],
    ['b', 'a', 'after'],
    ['b', 'c', 'before'],
    ['x', 'a', 'before'],
    ['a', 'x', 'before'],
  ] as const)('%s on %s, %s it, stays where it is', (id, target, side) => {
    expect(drop(id, target, side)).toBeUndefined();
  });

  test('beside all pictures stays where it is', () => {
    expect(findDropPlace(ENTRIES, { id: 'a', target: undefined })).toBeUndefined();
  });
});

describe('an arrow key', () => {
  /** Two rows: three narrow pictures, then a wide and a narrow one. */
  const BOXES = [
    { left: 0, right: 100, top: 0 },
    { left: 104, right: 204, top: 0 },
    { left: 208, right: 308, top: 0.3 },
    { left: 0, right: 200, top: 120 },
    { left: 204, right: 308, top: 120 },
  ];
  test.each([
    [0, 'right', 1],
    [2, 'right', 3],
    [3, 'left', 2],
    [0, 'down', 3],
    [2, 'down', 4],
    [4, 'up', 2],
    [3, 'up', 0],
  ] as const)('leads from %d %s to %d', (at, direction, expected) => {
    expect(findNextPlace(BOXES, at, direction)).toBe(expected);
  });

  test.each([
    [0, 'left'],
    [4, 'right'],
    [1, 'up'],
    [3, 'down'],
    [9, 'left'],
  ] as const)('leads nowhere from %d %s', (at, direction) => {
    expect(findNextPlace(BOXES, at, direction)).toBeUndefined();
  });
});
