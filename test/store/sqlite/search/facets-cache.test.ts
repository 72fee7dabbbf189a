import { expect, test } from 'vitest';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

test('a resident reader counts a question once, until something is stored', async () => {
  const dataDir = temporaryDirectory();
  const writer = await openTestStore(dataDir);
  const clock = new ManualClock();
  const store = await openStore({ dataDir, clock, mode: 'reader', isResident: true });
  const put = async () =>
    writer.storeDocuments({
      documents: [document()],
      requestSeq: await writer.nextRequestSeq(),
      fetchedAtMs: clock.now(),
    });
  const ask = async (text: string, timeZone = 'UTC') => {
    clock.advance(1000);
    const { total, countedAtMs } = await store.facets({ ...searchRequest(text), by: 'day', timeZone });
    return { total, ageMs: clock.now() - countedAtMs };
  };
  await put();
  expect(await ask('cat')).toEqual({ total: 1, ageMs: 0 });
  expect(await ask('cat')).toEqual({ total: 1, ageMs: 1000 });
  // Another question is counted by itself.
  expect(await ask('dog')).toEqual({ total: 0, ageMs: 0 });
  expect(await ask('cat', 'Asia/Shanghai')).toEqual({ total: 1, ageMs: 0 });
  expect(await ask('cat')).toEqual({ total: 1, ageMs: 4000 });
  await put();
  expect(await ask('cat')).toEqual({ total: 2, ageMs: 0 });
  // It keeps the last 32.
  for (let at = 0; at < 32; at += 1) await ask(`cat ${at}`);
  expect(await ask('cat 31')).toEqual({ total: 0, ageMs: 1000 });
  expect(await ask('cat')).toEqual({ total: 2, ageMs: 0 });
  await store.close();
});
