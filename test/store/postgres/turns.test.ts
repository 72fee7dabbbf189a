import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { OUTLAST_A_KILLED_PROCESS_MS, runInTurn } from '../../../src/store/contract/run-in-turn.ts';
import { SERVER_TIMEOUT_MS } from '../../../src/store/contract/servers.ts';
import type { PostgresStore } from '../../../src/store/postgres/open.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase, openPostgresTestStore } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = Date.UTC(2026, 2, 14, 12);

let one: PostgresStore;
let two: PostgresStore;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  const url = await createTestDatabase();
  one = await openPostgresTestStore(url);
  two = await openPostgresTestStore(url);
});

const take = (store: PostgresStore, nowMs = NOW, name = 'work') =>
  store.takeTurn(name, { nowMs, forMs: 1000 });

test('a turn is had by one process until it is over, or ended by it', async () => {
  expect([await take(one), await take(two), await take(two, NOW, 'other work')]).toEqual([true, false, true]);
  expect([await take(one, NOW + 500), await take(two, NOW + 1499)]).toEqual([true, false]);
  expect([await take(two, NOW + 1500), await take(one, NOW + 1500)]).toEqual([true, false]);
  await one.endTurn('work');
  expect(await take(one, NOW + 1500)).toBe(false);
  await two.endTurn('work');
  expect(await take(one, NOW + 1500)).toBe(true);
});

test('of many that want it at the same time, one process gets it', async () => {
  const turns = await Promise.all(Array.from({ length: 20 }, (_, at) => take(at % 2 === 0 ? one : two)));
  expect(turns.filter(Boolean)).toHaveLength(10);
});

test('a turn of a server that has ended or died is free', async () => {
  await one.recordHeartbeat(NOW);
  await two.recordHeartbeat(NOW);
  const takeLong = (store: PostgresStore) => store.takeTurn('work', { nowMs: NOW, forMs: 3_600_000 });
  await takeLong(one);
  await one.close();
  expect(await takeLong(two)).toBe(true);
  const url = await createTestDatabase();
  const [three, four] = [await openPostgresTestStore(url), await openPostgresTestStore(url)];
  await three.recordHeartbeat(NOW);
  await takeLong(three);
  await four.recordHeartbeat(NOW + SERVER_TIMEOUT_MS);
  expect(await takeLong(four)).toBe(true);
});

test('work in a turn is done by one process at a time, and its turn ends with it', async () => {
  const clock = new ManualClock();
  const runIn = (store: PostgresStore, work: () => Promise<void>) =>
    runInTurn({ store, clock, log: pino({ level: 'silent' }) }, 'work', work);
  const doneMeanwhile: boolean[] = [];
  const wasDone = await runIn(one, async () => {
    doneMeanwhile.push(await runIn(two, async () => undefined));
  });
  expect([wasDone, doneMeanwhile]).toEqual([true, [false]]);
  await expect(runIn(two, () => Promise.reject(new Error('it failed')))).rejects.toThrow('it failed');
  expect(await runIn(one, async () => undefined)).toBe(true);
});

test('work that is started by hand waits until the turn of a killed process is over', async () => {
  const clock = new ManualClock();
  await one.takeTurn('work', { nowMs: clock.now(), forMs: 12_000 });
  const deps = { store: two, clock, log: pino({ level: 'silent' }) };
  const doNothing = async () => undefined;
  expect(await runInTurn(deps, 'work', doNothing, { waitMs: 5000 })).toBe(false);
  expect(await runInTurn(deps, 'work', doNothing, { waitMs: OUTLAST_A_KILLED_PROCESS_MS })).toBe(true);
  await one.takeTurn('work', { nowMs: clock.now(), forMs: 12_000 });
  const signal = AbortSignal.abort(new Error('stopped by hand'));
  await expect(runInTurn(deps, 'work', doNothing, { waitMs: 5000, signal })).rejects.toThrow(
    'stopped by hand',
  );
});
