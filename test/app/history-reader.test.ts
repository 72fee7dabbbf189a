import { expect, onTestFinished, test } from 'vitest';
import { createHistoryReader } from '../../src/app/history-reader.ts';
import { SEARCH_WORKER } from '../../src/app/workers.ts';
import { startSearchThread } from '../../src/server/search/search-thread.ts';
import { document } from '../helpers/documents.ts';
import { locateTestStore } from '../helpers/test-engine.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

test('a page of many tasks is read in the thread, and is the same', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const location = await locateTestStore(dataDir);
  const thread = startSearchThread(SEARCH_WORKER, { ...location, basePath: '/' });
  onTestFinished(() => thread.close());
  let reads = 0;
  const list: typeof store.list = (...page) => {
    reads += 1;
    return store.list(...page);
  };
  const readHistory = createHistoryReader({ ...store, list }, thread);
  const put = (count: number, requestSeq: number) => {
    const documents = Array.from({ length: count }, (_, at) =>
      document({ createdAt: 1_770_000_000 + at, userId: at % 2 === 0 ? 'a' : 'b' }),
    );
    return store.storeDocuments({ documents, requestSeq, fetchedAtMs: 5 });
  };
  const pages = [
    { limit: 20, offset: 0 },
    { limit: 1000, offset: 4 },
    { limit: 20, offset: Number.MAX_SAFE_INTEGER },
  ];
  await put(10, 1);
  for (const page of pages) await readHistory({}, page);
  expect(reads).toBe(pages.length);

  await put(5000, 2);
  const here = createHistoryReader(store);
  for (const filter of [{}, { values: { userId: ['a'] } }, { fromMs: 1_770_004_900_000 }])
    for (const page of pages) {
      const read = await readHistory(filter, page);
      expect({ ...read, text: Buffer.from(read.text).toString() }).toEqual({
        ...(await here(filter, page)),
        text: Buffer.from((await here(filter, page)).text).toString(),
      });
    }
  expect(reads).toBe(pages.length);
});
