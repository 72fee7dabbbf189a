import { expect, test } from 'vitest';
import { CLOSE_LIMIT, type SearchRequest } from '../../../../src/store/contract/search.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { SEARCH_NOW, searchRequest } from '../../../helpers/search.ts';
import { openTestStore } from '../../../helpers/test-mirror.ts';

/** No prompt below has all of these words. */
const request: SearchRequest = searchRequest('crimson lantern harbour', {
  sort: 'relevance',
  match: 'close',
  limit: 7,
});

async function storePrompts(
  store: Store,
  prompts: readonly [id: string, prompt: string, createdAtMs: number][],
) {
  const documents = prompts.map(([id, prompt, ms]) => document({ id, prompt, createdAt: ms / 1000 }));
  const requestSeq = await store.nextRequestSeq();
  await store.storeDocuments({ documents, requestSeq, fetchedAtMs: SEARCH_NOW });
}

test('pages of close matches neither repeat nor skip tasks while others are stored', async () => {
  const store = await openTestStore();
  const ids = numberedIds(80);
  const [early, late] = [ids.slice(0, 60), ids.slice(60)];
  // Some share the quarter of a second, and so the range of positions, with what is stored later.
  await storePrompts(
    store,
    early.map((id, at) => [
      id,
      `a crimson lantern, ${'small '.repeat(at % 9)}`,
      SEARCH_NOW - (at < 20 ? 0 : at * 1000),
    ]),
  );
  const found: string[] = [];
  let page = await store.search(request);
  await storePrompts(
    store,
    late.map((id) => [id, 'crimson lantern', SEARCH_NOW + 1]),
  );
  for (;;) {
    found.push(...page.hits.map(({ task }) => task.id));
    if (!page.next) break;
    page = await store.search({ ...request, after: page.next });
  }
  expect(found.toSorted()).toEqual(early.toSorted());
});

test('of many prompts that have the same words, an old short one is not lost behind the newest', async () => {
  const store = await openTestStore();
  const ids = numberedIds(CLOSE_LIMIT * 3);
  const [oldest = ''] = ids;
  await storePrompts(
    store,
    ids.map((id, at) => [
      id,
      at === 0 ? 'crimson lantern' : `crimson lantern ${'in a long description '.repeat(5)} ${at}`,
      SEARCH_NOW - (ids.length - at) * 60_000,
    ]),
  );
  const { hits } = await store.search(request);
  expect(hits[0]?.task.id).toBe(oldest);
});
