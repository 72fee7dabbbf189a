/** What every store must do so that one process at a time fetches an id; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FETCH_NOTE_MS } from '../../src/store/contract/fetching.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const LEASE_MS = 30_000;

export function describeFetching(openStore: () => MaybePromise<Store>): void {
  describe('keys that are fetched', () => {
    let store: Store;
    beforeEach(async () => {
      store = await openStore();
    });
    const begin = async (keys: readonly string[], nowMs = NOW) => {
      const { mine, notes } = await store.beginFetch(keys, { nowMs, leaseMs: LEASE_MS });
      return { mine: [...mine].sort(), notes: Object.fromEntries(notes) };
    };

    test('are given to one caller at a time, of a batch those that are free', async () => {
      expect(await begin(['b', 'a', 'b'])).toEqual({ mine: ['a', 'b'], notes: {} });
      expect(await begin(['a', 'c'])).toEqual({ mine: ['c'], notes: {} });
      expect(await begin([])).toEqual({ mine: [], notes: {} });
      await store.endFetch(['b', 'c', 'never begun'], { nowMs: NOW });
      expect(await begin(['a', 'b', 'c', 'never begun'])).toEqual({
        mine: ['b', 'c', 'never begun'],
        notes: {},
      });
    });

    test('are free once their lease is over', async () => {
      await begin(['a']);
      expect((await begin(['a'], NOW + LEASE_MS - 1)).mine).toEqual([]);
      expect((await begin(['a'], NOW + LEASE_MS)).mine).toEqual(['a']);
      expect((await begin(['a'], NOW + 2 * LEASE_MS - 1)).mine).toEqual([]);
    });

    test('have a note for a moment, which is not replaced', async () => {
      await begin(['a', 'b']);
      await store.endFetch(['a'], { nowMs: NOW, note: 'unknown \0 there' });
      await store.endFetch(['a'], { nowMs: NOW, note: 'another' });
      await store.endFetch(['a'], { nowMs: NOW });
      const { mine, notes } = await begin(['a', 'b'], NOW + FETCH_NOTE_MS - 1);
      expect([mine, Object.keys(notes)]).toEqual([[], ['a']]);
      expect(notes.a).toMatch(/^unknown . there$/s);
      expect(await begin(['a'], NOW + FETCH_NOTE_MS)).toEqual({ mine: ['a'], notes: {} });
    });

    test('get a note only from whoever has them', async () => {
      await store.endFetch(['a'], { nowMs: NOW, note: 'never begun' });
      expect(await begin(['a'])).toEqual({ mine: ['a'], notes: {} });
      await store.endFetch(['a'], { nowMs: NOW, note: 'done' });
      await store.endFetch(['a'], { nowMs: NOW + FETCH_NOTE_MS, note: 'done twice' });
      expect(await begin(['a'], NOW + FETCH_NOTE_MS)).toEqual({ mine: ['a'], notes: {} });
    });

    test('are each given once to many that want them at the same time', async () => {
      const keys = Array.from({ length: 50 }, (_, at) => `key ${at}`);
      const turns = await Promise.all(
        Array.from({ length: 20 }, (_, at) => begin(at % 2 === 0 ? keys : keys.toReversed())),
      );
      expect(turns.flatMap(({ mine }) => mine).sort()).toEqual(keys.toSorted());
    });
  });
}
