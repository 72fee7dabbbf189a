import { describe, expect, test } from 'vitest';
import type { SearchPage } from '../../src/store/contract/search.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { SEARCH_NOW, searchRequest } from '../helpers/search.ts';
import { openTestStore } from '../helpers/test-mirror.ts';

const DAY = 86_400;

async function storeOf(
  prompts: readonly string[],
  createdAt = (_at: number) => SEARCH_NOW / 1000 - 400 * DAY,
) {
  const store = await openTestStore();
  const ids = numberedIds(prompts.length);
  const documents = prompts.map((prompt, at) =>
    document({ id: ids[at] ?? '', prompt, createdAt: createdAt(at) }),
  );
  await store.storeDocuments({
    documents,
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: SEARCH_NOW,
  });
  const ranked = async (text: string) => {
    const page = await store.search(searchRequest(text, { sort: 'relevance' }));
    return page.hits.map(({ task }) => prompts[ids.indexOf(task.id)]);
  };
  return { store, ids, ranked };
}

describe('relevance', () => {
  test('ranks prompts with more of the words, and shorter ones, higher', async () => {
    const filler = 'in a very large and detailed landscape with many other things around it';
    const { ranked } = await storeOf([`a cat ${filler}`, 'a cat', `cat, cat and cat ${filler}`]);
    expect(await ranked('cat')).toEqual(['a cat', `cat, cat and cat ${filler}`, `a cat ${filler}`]);
  });

  test('weights a rare word more than a common one', async () => {
    const common = Array.from({ length: 40 }, (_, at) => `photo number ${at}`);
    const { ranked } = await storeOf([
      ...common,
      'photo photo of something else',
      'an axolotl there and then',
    ]);
    expect((await ranked('photo OR axolotl'))[0]).toBe('an axolotl there and then');
  });

  test('boosts adjacent words', async () => {
    const { ranked } = await storeOf([
      'red car and a blue cat',
      'blue car and a red cat',
      'cat beside red things of car',
    ]);
    expect((await ranked('red cat'))[0]).toBe('blue car and a red cat');
  });

  test('boosts recent tasks slightly', async () => {
    const { ranked } = await storeOf(
      ['a cat sits', 'a cat runs', 'cat cat'],
      (at) => SEARCH_NOW / 1000 - (at === 1 ? 1 : 300) * DAY,
    );
    expect(await ranked('cat')).toEqual(['cat cat', 'a cat runs', 'a cat sits']);
  });

  test('ranks all matches up to a thousand, else the newest thousand, and reports which', async () => {
    const prompts = Array.from({ length: 1001 }, (_, at) => (at === 0 ? 'cat cat cat' : `cat number ${at}`));
    const { store, ids } = await storeOf(prompts, (at) => 1_700_000_000 + at);
    const best = async () => {
      const page = await store.search(searchRequest('cat', { sort: 'relevance' }));
      return [page.ranked, page.hits[0]?.task.id === ids[0]];
    };
    expect(await best()).toEqual(['newest', false]);
    await store.remove(ids[1000] as (typeof ids)[number]);
    expect(await best()).toEqual(['all', true]);
  });
});

test.each(['newest', 'oldest', 'relevance'] as const)(
  'pages by %s neither repeat nor skip tasks while others are added, even with equal times',
  async (sort) => {
    const prompts = Array.from({ length: 120 }, (_, at) => `cat ${'big '.repeat(at % 4)}${at % 7}`);
    const { store, ids } = await storeOf(prompts, (at) => 1_770_000_000 + Math.floor(at / 50));
    for (const groupByPrompt of [false, true]) {
      const seen: string[] = [];
      let after: SearchPage['next'];
      do {
        const page: SearchPage = await store.search(
          searchRequest('cat', { sort, groupByPrompt, limit: 7, ...(after ? { after } : {}) }),
        );
        seen.push(...page.hits.map(({ task }) => task.id));
        after = page.next;
        const createdAt = sort === 'oldest' ? 1_760_000_000 : 1_780_000_000;
        const late = document({
          id: `${sort}${groupByPrompt}${seen.length}`,
          prompt: `cat ${seen.length}`,
          createdAt,
        });
        await store.storeDocuments({
          documents: [late],
          requestSeq: await store.nextRequestSeq(),
          fetchedAtMs: 0,
        });
      } while (after);
      expect(new Set(seen).size).toBe(seen.length);
      if (!groupByPrompt) expect(seen).toEqual(expect.arrayContaining(ids));
      else expect(seen.filter((id) => ids.includes(id as never)).length).toBe(new Set(prompts).size);
    }
  },
);
