import { hostname } from 'node:os';
import { beforeEach, describe, expect, test } from 'vitest';
import { hasEnded } from '../../../src/store/postgres/servers.ts';
import { numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createTestDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

const NOW = new ManualClock().now();
const HOUR = 3_600_000;
/** No process has such a one. */
const ENDED_PID = 2 ** 30;

beforeEach((context) => requireOnMachine(context, 'postgres'));

describe('a server that starts', () => {
  test('frees at once what a killed one of the same machine was holding, and nothing of the others', async () => {
    const url = await createTestDatabase();
    const before = await openPostgresTestStore(url);
    await before.track(numberedIds(3), NOW);
    const claimOne = (store: typeof before) =>
      store.claimDue({ dueBeforeMs: NOW, nowMs: NOW, limit: 1, leaseMs: HOUR });
    const rename = (name: string, host: string, pid: number) =>
      runSql(
        url,
        `UPDATE tracked SET claimed_by = '${name}' WHERE claimed_by NOT LIKE 'a %';
         INSERT INTO servers VALUES ('${name}', 'server', '1', '${host}', ${pid}, ${NOW}, ${NOW})`,
      );
    await claimOne(before);
    await rename('a killed one', hostname(), ENDED_PID);
    await claimOne(before);
    await rename('a distant one', 'another-machine', ENDED_PID);
    const mine = await claimOne(before);
    const store = await openPostgresTestStore(url);
    const claimed = await store.claimDue({ dueBeforeMs: NOW, nowMs: NOW, limit: 9, leaseMs: HOUR });
    expect(claimed).toHaveLength(1);
    expect(claimed[0]?.id).not.toBe(mine[0]?.id);
    const names = (await runSql(url, 'SELECT name FROM servers')).map(({ name }) => name);
    expect(names).toContain('a distant one');
    expect(names).toHaveLength(3);
  });

  test('has been started again in its container if there was one with its own pid', () => {
    const startedMs = NOW - process.uptime() * 1000;
    const own = { host: hostname(), pid: process.pid };
    expect(hasEnded({ ...own, startedAt: startedMs - 1000 }, NOW)).toBe(true);
    expect(hasEnded({ ...own, startedAt: startedMs + 1000 }, NOW)).toBe(false);
    expect(hasEnded({ ...own, host: 'another-machine', startedAt: 1 }, NOW)).toBe(false);
  });
});
