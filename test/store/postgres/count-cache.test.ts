import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../../src/store/postgres/database.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { createCountCache } from '../../../src/store/postgres/search/count-cache.ts';
import { document } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW, searchRequest } from '../../helpers/search.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const put = (store: Awaited<ReturnType<typeof openPostgresTestStore>>) =>
  store.storeDocuments({ documents: [document()], requestSeq: 1, fetchedAtMs: SEARCH_NOW });

test('a resident reader counts a question once, until another process stores something', async () => {
  const url = await createTestDatabase();
  const writer = await openPostgresTestStore(url);
  const clock = new ManualClock();
  const reader = await openPostgresStore({ url, clock, kind: 'reader', isResident: true });
  onTestFinished(() => reader.close());
  const ask = async (text: string, timeZone = 'UTC') => {
    clock.advance(1000);
    const { total, countedAtMs } = await reader.facets({ ...searchRequest(text), by: 'day', timeZone });
    return { total, ageMs: clock.now() - countedAtMs };
  };
  await put(writer);
  expect(await ask('cat')).toEqual({ total: 1, ageMs: 0 });
  expect(await ask('cat')).toEqual({ total: 1, ageMs: 1000 });
  // Another question is counted by itself.
  expect(await ask('cat', 'Asia/Shanghai')).toEqual({ total: 1, ageMs: 0 });
  await put(writer);
  expect(await ask('cat')).toEqual({ total: 2, ageMs: 0 });
});

test('what takes long to count is answered as it was, and counted again when nobody waits', async () => {
  const url = await createTestDatabase();
  const writer = await openPostgresTestStore(url);
  const db = connect({
    ...{ url, poolSize: 1, server: 'reader', onConnectionError: () => undefined },
  });
  onTestFinished(() => db.close());
  let counted = 0;
  const cache = createCountCache(db, async () => false);
  const ask = cache.wrap(
    'number',
    (name: string) => name,
    async () => {
      counted += 1;
      return counted;
    },
  );
  expect(await ask('a')).toBe(1);
  await put(writer);
  expect(await ask('a')).toBe(1);
  expect(cache.isRecountDue()).toBe(true);
  await cache.recount();
  expect(cache.isRecountDue()).toBe(false);
  expect(await ask('a')).toBe(2);
});
