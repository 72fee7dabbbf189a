import { expect, test } from 'vitest';
import { MAX_PAGE_CHARACTERS } from '../../../../src/store/contract/search.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { SEARCH_NOW, searchRequest } from '../../../helpers/search.ts';
import { openTestStore } from '../../../helpers/test-mirror.ts';

test.each(['newest', 'oldest', 'relevance'] as const)(
  'a page of large documents ends early, and the next one goes on: %s',
  async (sort) => {
    const store = await openTestStore();
    const ids = numberedIds(12);
    const padding = 'x'.repeat(MAX_PAGE_CHARACTERS / 5);
    const documents = ids.map((id, at) =>
      document({ id, prompt: 'a cat', createdAt: SEARCH_NOW / 1000 - at * 60, more: { padding } }),
    );
    await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: SEARCH_NOW });

    const request = searchRequest('cat', { sort, limit: 10 });
    const pages: string[][] = [];
    let page = await store.search(request);
    for (;;) {
      pages.push(page.hits.map(({ task }) => task.id));
      if (!page.next) break;
      page = await store.search({ ...request, after: page.next });
    }
    expect(pages.map((page) => page.length)).toEqual([4, 4, 4]);
    expect(pages.flat().toSorted()).toEqual(ids.toSorted());
  },
);
