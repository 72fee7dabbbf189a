/** What every store must do with saved searches; a part of conformance.ts. */
import { describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { MAX_SAVED_SEARCHES, type NewSavedSearch } from '../../src/store/contract/saved-searches.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskLimits } from '../../src/task/limits.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const limit = (...userIds: string[]): TaskLimits => ({ userIds, applicationIds: [] });

let number = 0;
function createSaved(name: string, more: Partial<NewSavedSearch> = {}): NewSavedSearch {
  number += 1;
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return { id, name, query: 'cat', timeZone: undefined, limits: undefined, nowMs: NOW, ...more };
}

export function describeSavedSearches(open: () => MaybePromise<Store>): void {
  describe('saved searches', () => {
    test('are kept as they are saved, and listed by name', async () => {
      const store = await open();
      const dogs = createSaved('dogs', { timeZone: 'Asia/Tokyo' });
      const cats = createSaved('Cats');
      expect(await store.addSavedSearch(dogs)).toMatchObject({ kind: 'changed' });
      await store.addSavedSearch(cats);
      const { nowMs: _, ...kept } = dogs;
      const times = { createdAtMs: NOW, changedAtMs: NOW, visitedAtMs: NOW };
      expect(await store.savedSearches()).toEqual([
        expect.objectContaining({ name: 'Cats' }),
        { ...kept, ...times, feedKey: undefined, version: 1 },
      ]);
      expect(await store.savedSearch(dogs.id)).toMatchObject({ timeZone: 'Asia/Tokyo' });
    });

    test('have names that are unique among those with the same limits', async () => {
      const store = await open();
      const limits = limit('me', 'you');
      const first = createSaved('Cats', { limits });
      await store.addSavedSearch(first);
      const again = createSaved('cats', { limits: limit('you', 'me') });
      expect(await store.addSavedSearch(again)).toEqual({ kind: 'taken' });
      expect(await store.addSavedSearch(createSaved('cats'))).toMatchObject({ kind: 'changed' });
      const other = createSaved('dogs', { limits });
      await store.addSavedSearch(other);
      const access = { nowMs: NOW };
      expect(await store.changeSavedSearch(other.id, { name: 'CATS' }, access)).toEqual({ kind: 'taken' });
      expect(await store.changeSavedSearch(first.id, { name: 'CATS' }, access)).toMatchObject({
        kind: 'changed',
        saved: { name: 'CATS', version: 2 },
      });
    });

    test('are known only where their limits are within those of the caller', async () => {
      const store = await open();
      const mine = createSaved('mine', { limits: limit('me') });
      const ours = createSaved('ours', { limits: limit('me', 'you') });
      const everything = createSaved('everything');
      for (const one of [mine, ours, everything]) await store.addSavedSearch(one);
      const find = async (within?: TaskLimits) => (await store.savedSearches(within)).map(({ name }) => name);
      expect(await find()).toEqual(['everything', 'mine', 'ours']);
      expect(await find(limit('me', 'you'))).toEqual(['mine', 'ours']);
      expect(await find(limit('me'))).toEqual(['mine']);
      expect(await find({ userIds: ['me'], applicationIds: ['app'] })).toEqual([]);
      const access = { within: limit('me'), nowMs: NOW };
      expect(await store.savedSearch(ours.id, access.within)).toBeUndefined();
      expect(await store.changeSavedSearch(ours.id, { query: 'x' }, access)).toEqual({ kind: 'unknown' });
      expect(await store.visitSavedSearch(everything.id, access)).toEqual({ kind: 'unknown' });
      expect(await store.removeSavedSearch(ours.id, access.within)).toBe(false);
      expect(await store.removeSavedSearch(mine.id, access.within)).toBe(true);
      expect(await find()).toEqual(['everything', 'ours']);
    });

    test('change only from a version that the caller knows; a visit is no change', async () => {
      const store = await open();
      const { id } = createSaved('cats');
      await store.addSavedSearch({ ...createSaved('cats'), id });
      const later = { nowMs: NOW + 5 };
      expect(await store.changeSavedSearch(id, { query: 'dog' }, { ...later, ifVersion: [2] })).toEqual({
        kind: 'conflict',
      });
      expect(
        await store.changeSavedSearch(
          id,
          { query: 'dog', timeZone: undefined },
          { ...later, ifVersion: [7, 1] },
        ),
      ).toMatchObject({ kind: 'changed', saved: { query: 'dog', version: 2, changedAtMs: NOW + 5 } });
      expect(await store.visitSavedSearch(id, { nowMs: NOW + 9 })).toMatchObject({
        saved: { visitedAtMs: NOW + 9, version: 2 },
      });
      expect(await store.visitSavedSearch(id, { nowMs: NOW })).toMatchObject({
        saved: { visitedAtMs: NOW + 9 },
      });
    });

    test('are found by the key of their feed, until it is replaced or taken away', async () => {
      const store = await open();
      const saved = createSaved('cats');
      await store.addSavedSearch(saved);
      const set = (feedKey: string | undefined) =>
        store.changeSavedSearch(saved.id, { feedKey }, { nowMs: NOW });
      await set('first');
      expect(await store.savedSearchOfFeed('first')).toMatchObject({ id: saved.id, feedKey: 'first' });
      await store.changeSavedSearch(saved.id, { query: 'dog' }, { nowMs: NOW });
      expect(await store.savedSearchOfFeed('first')).toMatchObject({ query: 'dog' });
      await set('second');
      expect(await store.savedSearchOfFeed('first')).toBeUndefined();
      await set(undefined);
      expect(await store.savedSearchOfFeed('second')).toBeUndefined();
    });

    test('are limited in number for each set of limits', async () => {
      const store = await open();
      for (let at = 0; at < MAX_SAVED_SEARCHES; at += 1)
        await store.addSavedSearch(createSaved(`search ${at}`));
      expect(await store.addSavedSearch(createSaved('one more'))).toEqual({ kind: 'full' });
      expect(await store.addSavedSearch(createSaved('one more', { limits: limit('me') }))).toMatchObject({
        kind: 'changed',
      });
    });
  });
}
