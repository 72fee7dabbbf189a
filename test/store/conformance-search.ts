/** What every store must do with searches: by words, and of what is stored; a part of conformance.ts. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { COUNT_LIMIT, type SearchPage, type SearchRequest } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import type { TaskDocument } from '../../src/task/document.ts';
import type { TaskId } from '../../src/task/id.ts';
import { placeholderTask } from '../../src/task/placeholder-task.ts';
import { type DocumentOptions, document, numberedIds } from '../helpers/documents.ts';
import { searchRequest } from '../helpers/search.ts';
import { putDocuments } from './put-documents.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const idOf = (id: string) => id as TaskId;

export function describeSearch(open: () => MaybePromise<Store>): void {
  describe('searches', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);
    const search = async (text: string, more: Partial<SearchRequest> = {}) =>
      store.search(searchRequest(text, more));
    const found = async (text: string, more: Partial<SearchRequest> = {}) =>
      (await store.search(searchRequest(text, more))).hits.map(({ task }) => task.id);

    describe('search', () => {
      const prompts = {
        cats: 'Two Siamese cats, sleeping on a red sofa',
        dog: 'a dog on a red carpet',
        cafe: 'Café in PARIS, ｗｉｄｅ angle',
        chinese: '一只白色的暹罗猫，水墨画风格',
        japanese: 'カタカナの東京タワー',
        emoji: 'a smiling 🐈 in the rain',
        korean: '하얀 고양이가 자고 있다',
        thai: 'แมวสีขาวนอนหลับ',
        russian: 'Белая КОШКА спит',
        arabic: 'قِطَّةٌ بيضاء',
        empty: '',
        syntax: 'NEAR(a b) AND "quoted" OR col:umn -minus prefix*',
      };
      const ALL = Object.keys(prompts).reverse();
      beforeEach(async () => {
        await put(
          ...Object.entries(prompts).map(([id, prompt], at) => ({
            id,
            prompt,
            createdAt: 1_770_000_000 + at,
          })),
        );
      });

      test.each([
        ['cat', ['cats']],
        ['red', ['dog', 'cats']],
        ['red sofa', ['cats']],
        ['"red sofa"', ['cats']],
        ['"sofa red"', []],
        ['cafe', ['cafe']],
        ['paris WIDE', ['cafe']],
        ['猫', ['chinese']],
        ['暹罗', ['chinese']],
        ['罗暹', []],
        ['東京', ['japanese']],
        ['タワ', ['japanese']],
        ['🐈', ['emoji']],
        ['고양이', ['korean']],
        ['양이', ['korean']],
        ['แมว', ['thai']],
        ['สีขาว', ['thai']],
        ['кошка', ['russian']],
        ['кош*', ['russian']],
        ['قطة', ['arabic']],
        ['NEAR(a b)', ['syntax']],
        ['nothing-like-it', []],
        ['col:umn', ['syntax']],
        ['id:japane', ['japanese']],
        ['id:JAPANESE -猫', ['japanese']],
        ['id:japan', []],
        ['id:japan*', ['japanese']],
        ['https://img.example/dog.png', ['dog']],
        ['https://img.example/dog.png OR paris', ['cafe', 'dog']],
        ['cat -https://img.example/cats.png', []],
        [`artifact:${'0'.repeat(64)}`, []],
        ['', ALL],
        ['***', ALL],
      ])('%s', async (text, ids) => {
        expect(await found(text)).toEqual(ids);
      });

      test('no text is a syntax error, and every prompt is found by itself', async () => {
        await fc.assert(
          fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 60 }), async (prompt) => {
            const fresh = await open();
            const one = document({ id: 'it', prompt: prompt.toWellFormed() });
            await fresh.storeDocuments({
              documents: [one],
              requestSeq: await fresh.nextRequestSeq(),
              fetchedAtMs: NOW,
            });
            const page = await fresh.search(searchRequest(prompt));
            expect(page.hits.map(({ task }) => task.id)).toEqual(['it']);
          }),
          { numRuns: 60 },
        );
      });

      test('filters by time (half-open), state, model and user', async () => {
        const filter = { fromMs: 1_770_000_001_000, toMs: 1_770_000_003_000 };
        expect(await found('', { filter })).toEqual(['cafe', 'dog']);
        await put({
          id: 'failed',
          state: 'failed',
          model: 'flux-pro',
          userId: 'me',
          createdAt: 1_770_000_050,
        });
        expect(await found('', { filter: { values: { state: ['failed'] } } })).toEqual(['failed']);
        expect(
          await found('cat', { filter: { values: { model: ['flux-pro', 'x'], userId: ['me'] } } }),
        ).toEqual(['failed']);
      });

      test('a changed prompt is found by the new words only', async () => {
        await put({ id: 'pending', state: 'pending', prompt: 'an owl' });
        await put({ id: 'pending', state: 'succeeded', prompt: 'an eagle' });
        expect([await found('owl'), await found('eagle')]).toEqual([[], ['pending']]);
      });
    });

    test('pages return everything once, in both orders, while documents are added', async () => {
      const ids = numberedIds(95);
      // Many share a second, and even a millisecond.
      await put(...ids.map((id, at) => ({ id, createdAt: 1_770_000_000 + Math.floor(at / 40) })));
      for (const sort of ['newest', 'oldest'] as const) {
        const seen: string[] = [];
        let after: SearchPage['next'];
        do {
          const page = await search('cat', { sort, limit: 10, ...(after === undefined ? {} : { after }) });
          seen.push(...page.hits.map(({ task }) => task.id));
          expect(page.total).toBeGreaterThanOrEqual(95);
          after = page.next;
          await put({
            id: `${sort}-${seen.length}`,
            createdAt: sort === 'newest' ? 1_780_000_000 : 1_760_000_000,
          });
        } while (after !== undefined);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen).toEqual(expect.arrayContaining(ids));
      }
    });

    test('a total is exact up to the limit, and a lower bound beyond it', async () => {
      const ids = numberedIds(COUNT_LIMIT + 1);
      await put(...ids.slice(0, COUNT_LIMIT).map((id) => ({ id })));
      expect(await search('cat')).toMatchObject({ total: COUNT_LIMIT, totalIsExact: true });
      await put({ id: ids[COUNT_LIMIT] ?? '' });
      expect(await search('cat')).toMatchObject({ total: COUNT_LIMIT, totalIsExact: false });
    });
  });
}

export function describeFinding(open: () => MaybePromise<Store>): void {
  describe('what is stored', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const put = (...documents: readonly (TaskDocument | DocumentOptions)[]) =>
      putDocuments(store, documents, NOW);
    const found = async (text: string, more: Partial<SearchRequest> = {}) =>
      (await store.search(searchRequest(text, more))).hits.map(({ task }) => task.id);

    test('one document that can not be stored does not stop its batch', async () => {
      const [first, second, third] = numberedIds(3);
      const broken = { ...document({ id: second, prompt: 'a broken zebra' }), createdAtMs: Number.NaN };
      for (let times = 1; times <= 2; times += 1) {
        const result = await put({ id: first, prompt: 'an intact zebra' }, broken, {
          id: third,
          prompt: 'a zebra',
        });
        expect(result.unusable).toEqual([{ id: second, error: expect.any(Error) }]);
        expect(result).toMatchObject(times === 1 ? { inserted: 2 } : { inserted: 0, unchanged: 2 });
      }
      expect(await store.get(second)).toBeUndefined();
      expect(new Set(await found('zebra'))).toEqual(new Set([first, third]));
      expect(await found('broken')).toEqual([]);
      expect((await put({ id: second, prompt: 'a broken zebra' })).unusable).toBeUndefined();
      expect(await found('broken')).toEqual([second]);
      expect(await store.suggest('brok', 5)).toEqual([{ word: 'broken', uses: 1 }]);
    });

    test('remove deletes the document, its search row and its tracking; a response in flight does not bring it back', async () => {
      const [id] = numberedIds(1);
      await put({ id, prompt: 'a zebra', state: 'pending' });
      await store.track([id], NOW);
      const inFlight = await store.nextRequestSeq();
      expect(await store.remove(id)).toEqual({ wasKnown: true, orphans: [] });
      expect(await found('zebra')).toEqual([]);
      expect((await store.tracked({ limit: 5, offset: 0 })).total).toBe(0);
      const late = await store.storeDocuments({
        documents: [document({ id })],
        requestSeq: inFlight,
        fetchedAtMs: NOW,
      });
      expect([late.kept, await store.get(id)]).toEqual([1, undefined]);
      expect(await put({ id, prompt: 'a zebra' })).toMatchObject({ inserted: 1 });
      expect(await found('zebra')).toEqual([id]);
      expect(await store.remove(idOf('unknown'))).toEqual({ wasKnown: false, orphans: [] });
    });

    describe('placeholder tasks', () => {
      const request = (prompt: string) => JSON.stringify({ action: 'generate', model: 'flux-dev', prompt });
      const expectTask = async (id: TaskId, prompt: string) =>
        store.addPlaceholder(placeholderTask({ id, kind: 'images', request: request(prompt) }, NOW), {
          nowMs: NOW,
          dueAtMs: NOW + 5,
        });

      test('are found and tracked, but are not documents', async () => {
        const [id] = numberedIds(1);
        await expectTask(id, 'a zebra');
        expect(await found('zebra model:flux-dev state:pending')).toEqual([id]);
        expect((await store.tracked({ limit: 5, offset: 0 })).items).toMatchObject([
          { id, dueAtMs: NOW + 5 },
        ]);
        expect(await store.get(id)).toBeUndefined();
        expect(await store.getMany([id])).toEqual([]);
        expect((await store.concatFinished([id])).count).toBe(0);
        expect(await store.list({}, { limit: 5, offset: 0 })).toEqual({ tasks: [], count: 0 });
        for await (const page of store.stream()) expect(page).toEqual([]);
        expect(await store.audit()).toEqual([]);
      });

      test('are replaced by any upstream document, even from an older request', async () => {
        const [id] = numberedIds(1);
        const requestSeq = await store.nextRequestSeq();
        await expectTask(id, 'a zebra');
        const pending = document({ id, prompt: 'a horse', state: 'pending' });
        await store.storeDocuments({ documents: [pending], requestSeq, fetchedAtMs: NOW });
        expect((await store.get(id))?.text).toBe(pending.text);
        expect([await found('zebra'), await found('horse')]).toEqual([[], [id]]);
        await expectTask(id, 'a zebra');
        expect((await store.get(id))?.text).toBe(pending.text);
        await put({ id, prompt: 'a horse' });
        await expectTask(id, 'a zebra');
        expect((await store.tracked({ limit: 5, offset: 0 })).total).toBe(0);
      });

      test('never bring back a removed task', async () => {
        const [id] = numberedIds(1);
        await put({ id });
        await store.remove(id);
        await expectTask(id, 'a zebra');
        expect(await found('zebra')).toEqual([]);
      });
    });
  });
}
