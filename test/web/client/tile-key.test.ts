import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTileOfKey, getTileKey } from '../../../src/web/components/tile-key.ts';

const MONTH = { key: '2026-03', month: '2026-03', count: 40 };
const BEST = { key: 'exact', month: undefined, count: 40 };

test('a key leads back to its tile', () => {
  fc.assert(
    fc.property(fc.nat(39), fc.constantFrom(0, 1), (index, section) => {
      const sections = [MONTH, BEST];
      const key = getTileKey(sections[section] ?? MONTH, index);
      expect(findTileOfKey(sections, key)).toEqual({ section, index });
    }),
  );
});

test('new tasks at the start of a month change no other key', () => {
  expect(getTileKey({ ...MONTH, count: 43 }, 13)).toBe(getTileKey(MONTH, 10));
});

test('more hits behind those by best match change no other key', () => {
  expect(getTileKey({ ...BEST, count: 100 }, 10)).toBe(getTileKey(BEST, 10));
});

test('a key of a section that is gone leads nowhere, as one of a tile that is gone', () => {
  expect(findTileOfKey([MONTH], 'exact/3')).toBeUndefined();
  expect(findTileOfKey([MONTH], '2026-03/41')).toBeUndefined();
});
