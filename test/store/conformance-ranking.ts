/** What every store must do to rank more matches than it looks at; a part of conformance.ts. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/search/cursor.ts';
import type { MaybePromise } from '../../src/store/contract/maybe-promise.ts';
import { RANKING_LIMIT, type SearchRequest } from '../../src/store/contract/search.ts';
import type { Store } from '../../src/store/contract/store.ts';
import { MAX_TERMS_BETWEEN } from '../../src/store/rules/near-words.ts';
import { getPrompt } from '../../src/task/document.ts';
import { searchRequest } from '../helpers/search.ts';
import { tries } from '../helpers/thorough.ts';
import { storePrompts } from './store-prompts.ts';

/** Older matches that are ranked besides. */
const MAX_OLDER = 250;
const FAR = ' x'.repeat(MAX_TERMS_BETWEEN + 1);

export function describeRanking(open: () => MaybePromise<Store>): void {
  describe('the ranking of more matches than it looks at', () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    const search = (text: string, more: Partial<SearchRequest> = {}) =>
      store.search(searchRequest(text, { sort: 'relevance', ...more }));
    const findPrompts = async (text: string, more: Partial<SearchRequest> = {}) =>
      (await search(text, more)).hits.map(({ task }) => getPrompt(task.text));

    test.each([
      ['English', 'cat sofa', 'a cat on the sofa', `cat${FAR} sofa`],
      ['English, in the other order', 'cat sofa', 'the sofa of a cat', `cat${FAR} sofa`],
      ['phrases', '"black cat" "red sofa"', 'a black cat, a red sofa', `black cat${FAR} red sofa`],
      ['three words', 'old harbor storm', 'old harbor in a storm', `old${FAR} harbor${FAR} storm`],
      ['Chinese', '白猫 沙发', '白猫在沙发上', `白猫${FAR}沙发`],
      ['signs', '🐈 sofa', 'a 🐈 on the sofa', `🐈${FAR} sofa`],
    ])('finds an old prompt that has the words near each other: %s', async (_, query, old, others) => {
      await storePrompts(store, [
        old,
        ...Array.from({ length: RANKING_LIMIT + 100 }, (_, at) => `${others} ${at}`),
      ]);
      expect((await findPrompts(query))[0]).toBe(old);
      expect((await findPrompts(query, { groupByPrompt: true }))[0]).toBe(old);
      expect((await search(query)).ranked).toBe('newest');
    });

    test('looks only at what a caller may see', async () => {
      await storePrompts(store, ['cat on a sofa'], { userId: 'another' });
      await storePrompts(
        store,
        Array.from({ length: RANKING_LIMIT + 100 }, (_, at) => `cat${FAR} sofa ${at}`),
        { userId: 'caller', from: 1 },
      );
      const within = { userIds: ['caller'], applicationIds: [] };
      expect(await findPrompts('cat sofa', { filter: { within } })).not.toContain('cat on a sofa');
    });

    test('pages give the newest matches, and older ones that have the words near each other, each once', async () => {
      const letters = ['ka', 'ke', 'ki', 'ko', 'ku', 'la', 'le'];
      const words = fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: 40 });
      const prompts = fc.sample(words, { numRuns: 2500, seed: 7 }).map((some) => some.join(' '));
      await storePrompts(store, prompts);
      const query = fc.uniqueArray(fc.constantFrom(...letters), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(query, async (wanted) => {
          const found: string[] = [];
          for (let cursor: string | undefined; ; ) {
            const after = cursor === undefined ? undefined : decodeCursor(cursor, 'relevance');
            const page = { limit: 500, ...(after ? { after } : {}) };
            const { hits, next } = await search(wanted.join(' '), page);
            found.push(...hits.map(({ task }) => getPrompt(task.text)));
            if (!next) break;
            cursor = encodeCursor(next);
          }
          expect(found.sort()).toEqual(listRanked(prompts, wanted).sort());
        }),
        { numRuns: tries(8, 100), seed: 1 },
      );
    }, 300_000);
  });
}

/** @param prompts oldest first */
function listRanked(prompts: readonly string[], wanted: readonly string[]): string[] {
  const matches = prompts
    .filter((prompt) => wanted.every((word) => prompt.split(' ').includes(word)))
    .reverse();
  const older = matches.slice(RANKING_LIMIT).filter((prompt) => areNear(prompt.split(' '), wanted));
  return [...matches.slice(0, RANKING_LIMIT), ...(wanted.length > 1 ? older.slice(0, MAX_OLDER) : [])];
}

function areNear(words: readonly string[], wanted: readonly string[]): boolean {
  return wanted
    .slice(1)
    .every((second, at) =>
      words.some(
        (word, from) =>
          word === wanted[at] &&
          words.some((other, to) => other === second && Math.abs(to - from) - 1 <= MAX_TERMS_BETWEEN),
      ),
    );
}
