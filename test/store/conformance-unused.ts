/** What every store must do for images that no task has; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { parseDocument } from '../../src/task/document.ts';
import { documentText, numberedIds } from '../helpers/documents.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

const [ID, OTHER_ID] = numberedIds(2);
const HOUR_MS = 3_600_000;
const LEASE_MS = 60_000;
const image = { sha256: 'aa'.repeat(32), mediaType: 'image/png' };
const archived = { ...image, bytes: 9, width: 3, height: 2, thumbhash: new Uint8Array([1]) };

export function describeUnusedImages(open: () => MaybePromise<Store>): void {
  let store: Store;
  let clock = new ManualClock();
  const claim = async (limit = 10) => {
    const nowMs = clock.now();
    return store.claimUnusedImages({ nowMs, unusedBeforeMs: nowMs - HOUR_MS, limit, leaseMs: LEASE_MS });
  };
  const archive = async (id = ID) => {
    const more = { response: { success: true, data: [{ image_url: 'https://a.example/1' }] } };
    await store.storeDocuments({
      documents: [parseDocument(documentText({ id, more }), clock.now())],
      requestSeq: await store.nextRequestSeq(),
      fetchedAtMs: clock.now(),
    });
    expect(await store.archiveImage({ taskId: id, n: 0 }, archived, clock.now())).toBe(true);
  };

  describe('images that no task has', () => {
    beforeEach(async () => {
      store = await open();
      clock = new ManualClock();
    });

    test('may be removed once they were unused for the time, by one, until that is done', async () => {
      await archive();
      await store.removeMany([ID]);
      expect(await claim()).toEqual([]);
      // By the clock of the store.
      clock.advance(Math.max(0, Date.now() - clock.now()) + HOUR_MS);
      expect(await claim()).toEqual([image]);
      expect(await claim()).toEqual([]);
      clock.advance(LEASE_MS); // whoever had it is gone
      expect(await claim()).toEqual([image]);
      await store.discardUnusedImages([image.sha256]);
      clock.advance(LEASE_MS);
      expect(await claim()).toEqual([]);
    });

    test('are those whose bytes were announced and never archived', async () => {
      expect(await store.reserveImage(image, clock.now())).toBe(true);
      clock.advance(HOUR_MS);
      expect(await store.reserveImage(image, clock.now())).toBe(true); // from now on, once more
      expect(await claim()).toEqual([]);
      clock.advance(HOUR_MS);
      expect(await claim()).toEqual([image]);
    });

    test('are none of those that a task has got, whatever was before', async () => {
      await archive();
      await store.remove(ID);
      clock.advance(HOUR_MS);
      await store.reserveImage(image, clock.now());
      await archive(OTHER_ID);
      await store.reserveImage(image, clock.now()); // for a third task, that is removed before it has it
      clock.advance(2 * HOUR_MS);
      expect(await claim()).toEqual([]);
    });

    test('are not archived while they are removed', async () => {
      await store.reserveImage(image, clock.now());
      clock.advance(HOUR_MS);
      expect(await claim()).toEqual([image]);
      expect(await store.reserveImage(image, clock.now())).toBe(false);
      await store.discardUnusedImages([image.sha256]);
      expect(await store.reserveImage(image, clock.now())).toBe(true);
      await store.discardUnusedImages([image.sha256]); // too late: it is not being removed any more
      clock.advance(HOUR_MS);
      expect(await claim()).toEqual([image]);
    });

    test('come in parts, the oldest first', async () => {
      for (const digit of ['c', 'a', 'b']) {
        await store.reserveImage({ ...image, sha256: digit.repeat(64) }, clock.now());
        clock.advance(1);
      }
      clock.advance(HOUR_MS);
      const claimed = [await claim(2), await claim(2)].map((part) => part.map(({ sha256 }) => sha256[0]));
      expect(claimed).toEqual([['c', 'a'], ['b']]);
    });
  });
}
