import { beforeEach, expect, test } from 'vitest';
import { SERVER_TIMEOUT_MS } from '../../../src/store/contract/servers.ts';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);
const HOUR = 3_600_000;

let url: string;
let one: PostgresStore;
let two: PostgresStore;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  one = await openPostgresTestStore(url);
  two = await openPostgresTestStore(url);
});

const begin = async (store: PostgresStore, keys: readonly string[], nowMs = NOW) => {
  const { mine, notes } = await store.beginFetch(keys, { nowMs, leaseMs: HOUR });
  return { mine: [...mine].sort(), notes: Object.fromEntries(notes) };
};

test('a key is fetched by one process at a time, and freed and noted only by it', async () => {
  expect((await begin(one, ['a', 'b'])).mine).toEqual(['a', 'b']);
  expect((await begin(two, ['b', 'c'])).mine).toEqual(['c']);
  await two.endFetch(['a', 'b'], { nowMs: NOW });
  await two.endFetch(['a', 'b'], { nowMs: NOW, note: 'not its' });
  expect(await begin(two, ['a', 'b'])).toEqual({ mine: [], notes: {} });
  await one.endFetch(['a'], { nowMs: NOW, note: 'unknown' });
  await one.endFetch(['b'], { nowMs: NOW });
  expect(await begin(two, ['a', 'b'])).toEqual({ mine: ['b'], notes: { a: 'unknown' } });
});

test('keys of a process that has died or ended are free, and what is over is removed', async () => {
  await one.recordHeartbeat(NOW);
  await two.recordHeartbeat(NOW);
  await begin(one, ['a', 'b']);
  await begin(two, ['c']);
  await one.endFetch(['b'], { nowMs: NOW, note: 'unknown' });
  await two.recordHeartbeat(NOW + SERVER_TIMEOUT_MS - 1);
  expect(await begin(two, ['a'])).toEqual({ mine: [], notes: {} });
  await two.recordHeartbeat(NOW + SERVER_TIMEOUT_MS);
  expect(await runSql(url, 'SELECT key FROM fetching')).toEqual([{ key: 'c' }]);
  await two.close();
  await one.recordHeartbeat(NOW + SERVER_TIMEOUT_MS);
  expect((await begin(one, ['a', 'c'])).mine).toEqual(['a', 'c']);
});

test('processes that want the same keys in any order get each once, and never wait for each other', async () => {
  const keys = Array.from({ length: 50 }, (_, at) => `key ${at}`);
  for (let round = 0; round < 10; round += 1) {
    const turns = await Promise.all(
      [one, two, one, two].map((store, at) => begin(store, at < 2 ? keys : keys.toReversed())),
    );
    expect(turns.flatMap(({ mine }) => mine).sort()).toEqual(keys.toSorted());
    await Promise.all([one.endFetch(keys, { nowMs: NOW }), two.endFetch(keys.toReversed(), { nowMs: NOW })]);
  }
});
