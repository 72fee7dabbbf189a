/** What every store must do to find the prompts near another; a part of conformance.ts. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { EDIT_LIMIT } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { getPrompt } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { storePrompts } from './store-prompts.ts';

async function findNear(store: Store, id: TaskId | undefined, userId?: string): Promise<string[]> {
  if (id === undefined) throw new Error('no such task');
  const near = await store.findNearPrompts(
    id,
    userId === undefined ? undefined : { userIds: [userId], applicationIds: [] },
  );
  return near?.prompts.map(({ task }) => getPrompt(task.text)) ?? [];
}

export function describeNearPrompts(open: () => MaybePromise<Store>): void {
  describe('the prompts near another', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });

    test('of one that has only frequent words are found behind thousands of others', async () => {
      const [id] = await storePrompts(store, [
        'a cat on a roof at night',
        'a white cat on a roof at night',
        'a cat on a roof at noon',
        ...['cat', 'roof', 'night'].flatMap((word) =>
          Array.from({ length: 1100 }, (_, at) => `${word} number ${at}`),
        ),
      ]);
      expect((await findNear(store, id)).slice(0, 2)).toEqual([
        'a white cat on a roof at night',
        'a cat on a roof at noon',
      ]);
    });

    test('of more equally similar prompts than are looked at, those of the same days are taken', async () => {
      const variations = Array.from(
        { length: 2.5 * EDIT_LIMIT },
        (_, at) => `a lighthouse in a storm, ${at}`,
      );
      const ids = await storePrompts(store, variations);
      const near = await findNear(store, ids[100]);
      expect(near).toHaveLength(EDIT_LIMIT);
      expect(near.slice(0, 4).toSorted()).toEqual(
        [variations[98], variations[99], variations[101], variations[102]].toSorted(),
      );
    });

    test('in Thai, whose letters all have in common, are found by passages', async () => {
      const [id] = await storePrompts(store, [
        'แมวสีขาวนั่งอยู่บนหลังคาในตอนกลางคืน',
        'แมวสีดำนั่งอยู่บนหลังคาในตอนกลางคืน',
        'ภาพถ่ายทางอากาศของท่าเรือ',
      ]);
      expect((await findNear(store, id))[0]).toBe('แมวสีดำนั่งอยู่บนหลังคาในตอนกลางคืน');
    });

    test('what a caller with limits is told does not change with the tasks of others', async () => {
      const [id] = await storePrompts(
        store,
        ['a red lighthouse in a storm', 'a red house in a storm', 'a lighthouse at night'],
        { userId: 'me' },
      );
      const before = await findNear(store, id, 'me');
      expect(before).toHaveLength(2);
      const others = Array.from({ length: 1100 }, (_, at) => `a red lighthouse in a storm, ${at}`);
      await storePrompts(store, others, { userId: 'them', from: 10 });
      expect(await findNear(store, id, 'me')).toEqual(before);
      expect(
        await store.findNearPrompts(id as TaskId, { userIds: ['nobody'], applicationIds: [] }),
      ).toBeUndefined();
    });
  });
}
