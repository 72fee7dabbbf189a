import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { createCountCache } from '../../../../src/store/sqlite/search/count-cache.ts';
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

describe('what takes long to count', () => {
  /** A cache over a number that another connection commits; nothing is cheap. */
  function startCounting() {
    const file = join(temporaryDirectory(), 'counts.db');
    const writer = new Database(file);
    writer.exec('PRAGMA journal_mode = WAL; CREATE TABLE numbers (n); INSERT INTO numbers VALUES (1)');
    const raw = new Database(file, { readonly: true });
    onTestFinished(() => {
      raw.close();
      writer.close();
    });
    const fails = new Set<string>();
    const counted: string[] = [];
    const cache = createCountCache({ raw }, () => false);
    const ask = cache.wrap(
      'number',
      (name: string) => name,
      (name) => {
        if (fails.has(name)) throw new Error('ended');
        counted.push(name);
        return raw.prepare('SELECT n FROM numbers').pluck().get();
      },
    );
    return { cache, ask, counted, fails, write: () => writer.exec('UPDATE numbers SET n = n + 1') };
  }

  test('is answered as it was, and counted again behind the answer', () => {
    const { cache, ask, counted, write } = startCounting();
    expect([ask('a'), ask('a'), cache.isRecountDue()]).toEqual([1, 1, false]);
    write();
    expect([ask('a'), ask('a'), cache.isRecountDue(), counted]).toEqual([1, 1, true, ['a']]);
    cache.recount();
    expect([ask('a'), cache.isRecountDue(), counted]).toEqual([2, false, ['a', 'a']]);
    cache.recount();
    expect(counted).toEqual(['a', 'a']);
  });

  test('is counted again once for each answer that was asked for, and for no other', () => {
    const { cache, ask, counted, write } = startCounting();
    for (const name of ['a', 'b', 'c']) ask(name);
    write();
    expect([ask('c'), ask('a')]).toEqual([1, 1]);
    while (cache.isRecountDue()) cache.recount();
    expect(counted).toEqual(['a', 'b', 'c', 'c', 'a']);
    expect([ask('c'), ask('a'), ask('b')]).toEqual([2, 2, 1]);
  });

  test('waits for the count when counting it again was ended three times', () => {
    const { cache, ask, fails, write } = startCounting();
    ask('a');
    write();
    fails.add('a');
    for (let at = 0; at < 3; at += 1) {
      expect([ask('a'), cache.isRecountDue()]).toEqual([1, true]);
      expect(() => cache.recount()).toThrow('ended');
      expect(cache.isRecountDue()).toBe(false);
    }
    expect(() => ask('a')).toThrow('ended');
    fails.clear();
    expect(ask('a')).toBe(2);
    write();
    expect([ask('a'), cache.isRecountDue()]).toEqual([2, true]);
  });

  test('is no longer due once it is among the forgotten', () => {
    const { cache, ask, counted, write } = startCounting();
    ask('a');
    write();
    ask('a');
    for (let at = 0; at < 32; at += 1) ask(`b${at}`);
    expect(cache.isRecountDue()).toBe(false);
    expect(ask('a')).toBe(2);
    expect(counted.filter((name) => name === 'a')).toHaveLength(2);
  });
});
