import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import { SecondServer } from '../../../src/store/contract/errors.ts';
import { enterAlone, hasEnded, type KnownServer } from '../../../src/store/postgres/single-server.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const name = 'the database "mirror" at db:5432';
const other: KnownServer = { name: 'a', host: 'another-machine', pid: 7, seenAt: 1000 };

test('a server is found while it runs, and by others until they know that it does not', async (context) => {
  requireOnMachine(context, 'postgres');
  const url = await createTestDatabase();
  const reader = await openPostgresTestStore(url, 'reader');
  const clock = new ManualClock();
  const server = await openPostgresTestStore(url, 'server', clock);
  expect(await reader.findServer(clock.now())).toBeUndefined();
  await server.recordHeartbeat(clock.now());
  const found = { pid: process.pid, host: hostname() };
  expect(await reader.findServer(clock.now() + 60_000)).toEqual(found);
  await runSql(url, "UPDATE servers SET host = 'another-machine'");
  expect(await reader.findServer(clock.now())).toEqual({ ...found, host: 'another-machine' });
  expect(await reader.findServer(clock.now() + 60_000)).toBeUndefined();
  await server.close();
  expect(await reader.findServer(clock.now())).toBeUndefined();
});

describe('a server', () => {
  test('waits for another machine as long as its server may be alive, and then begins', async () => {
    const clock = new ManualClock();
    const enters: (readonly string[])[] = [];
    const waits: unknown[] = [];
    await enterAlone(
      async (_, ended) => {
        enters.push(ended);
        return ended.includes(other.name) ? [] : [other];
      },
      { clock, name, onWait: (others) => waits.push(others) },
    );
    expect(waits).toEqual([[{ pid: 7, host: 'another-machine' }]]);
    expect(clock.sleeps).toHaveLength(30);
    expect(enters.at(-2)).toEqual([]);
  });

  test('is refused once another one is seen again', async () => {
    const clock = new ManualClock();
    const enter = async (nowMs: number) => [{ ...other, seenAt: nowMs }];
    const entering = enterAlone(enter, { clock, name });
    await expect(entering).rejects.toThrow(SecondServer);
    await expect(entering).rejects.toThrow(
      'the database "mirror" at db:5432 has a server already, process 7 on another-machine',
    );
    expect(clock.sleeps).toHaveLength(1);
  });

  test('of another machine has not ended as far as is known', () => {
    expect(hasEnded(other)).toBe(false);
  });
});
