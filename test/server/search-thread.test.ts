import { expect, test } from 'vitest';
import { SEARCH_WORKER } from '../../src/app/workers.ts';
import { startSearchThread } from '../../src/server/search/search-thread.ts';
import { document } from '../helpers/documents.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';

test('a crashed thread fails waiting searches, and the next search starts another', async () => {
  const dataDir = temporaryDirectory();
  const searching = startSearchThread(SEARCH_WORKER, { dataDir, basePath: '/' });
  await expect(
    searching.answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 }),
  ).rejects.toThrow('there is no mirror');

  const store = await openTestStore(dataDir);
  await store.storeDocuments({ documents: [document({ prompt: 'a cat' })], requestSeq: 1, fetchedAtMs: 0 });
  expect(
    JSON.parse(await searching.answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 })),
  ).toMatchObject({ total: 1 });
  await expect(
    searching.answer({ route: 'search', query: 'limit=0', limits: undefined, nowMs: 0 }),
  ).rejects.toMatchObject({
    status: 400,
    code: 'bad_request',
  });
  await searching.close();
});

test('a search whose caller disconnected is not started, and searches beyond the queue limit are rejected', async () => {
  const dataDir = temporaryDirectory();
  await openTestStore(dataDir);
  const searching = startSearchThread(SEARCH_WORKER, { dataDir, basePath: '/' });
  const question = { route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 } as const;
  const asked: number[] = [];
  const answers = Array.from({ length: 300 }, (_, at) =>
    searching.answer(question, () => {
      asked.push(at);
      return at % 2 === 0;
    }),
  );
  const results = await Promise.allSettled(answers);
  const refused = results.map(({ status }) => status === 'rejected');
  expect(refused.slice(0, 256)).toEqual(Array.from({ length: 256 }, (_, at) => at % 2 === 1));
  expect(asked).toEqual(Array.from({ length: 256 }, (_, at) => at));
  for (const result of results.slice(256))
    expect(result).toMatchObject({ status: 'rejected', reason: { status: 503, code: 'api_error' } });
  expect(JSON.parse(await searching.answer(question))).toMatchObject({ total: 0 });
  await searching.close();
});

test('closing aborts searches in flight', async () => {
  const dataDir = temporaryDirectory();
  await openTestStore(dataDir);
  const searching = startSearchThread(SEARCH_WORKER, { dataDir, basePath: '/' });
  const answer = searching
    .answer({ route: 'search', query: 'q=cat', limits: undefined, nowMs: 0 })
    .catch((error: unknown) => error);
  await searching.close();
  expect(await answer).toMatchObject({ status: 503 });
});
