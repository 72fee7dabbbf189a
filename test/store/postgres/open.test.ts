import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/lib/operator-error.ts';
import { PACKAGE_ROOT } from '../../../src/lib/package-root.ts';
import { NoMirror } from '../../../src/store/contract/errors.ts';
import { UnusableDatabase } from '../../../src/store/postgres/migrate.ts';
import { openPostgresStore, type PostgresOptions } from '../../../src/store/postgres/open.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createEmptyDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { findFreePort } from '../../helpers/proxy-process.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

beforeEach((context) => requireOnMachine(context, 'postgres'));

const open = (url: string, kind: PostgresOptions['kind'] = 'server') =>
  openPostgresStore({ url, kind, clock: new ManualClock() });

describe('opening', () => {
  test('makes the tables, once however many processes start at the same time', async () => {
    const url = await createEmptyDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => openPostgresTestStore(url)));
    for (const [at, store] of stores.entries()) await store.setCheckpoint(`of ${at}`, 'written');
    expect(await stores[0]?.readCheckpoint('of 4')).toBe('written');
    const migrations = readdirSync(new URL('migrations/postgres', PACKAGE_ROOT)).filter((name) =>
      name.endsWith('.sql'),
    );
    expect(await runSql(url, 'SELECT count(*)::int AS n FROM flux_mirror_migrations')).toEqual([
      { n: migrations.length },
    ]);
  });

  test('a reader makes no tables', async () => {
    const url = await createEmptyDatabase();
    await expect(open(url, 'reader')).rejects.toThrow(NoMirror);
    expect(await runSql(url, "SELECT 1 FROM pg_class WHERE relname = 'tasks'")).toEqual([]);
    await openPostgresTestStore(url);
    await openPostgresTestStore(url, 'reader');
  });

  test('refuses the database of another program, and leaves it as it is', async () => {
    const url = await createEmptyDatabase();
    await runSql(url, 'CREATE TABLE customers (id int)');
    await expect(open(url)).rejects.toThrow(
      /has tables of another program: give flux-mirror an empty database/,
    );
    expect(await runSql(url, "SELECT relname FROM pg_class WHERE relname IN ('customers', 'tasks')")).toEqual(
      [{ relname: 'customers' }],
    );
  });

  test('refuses tables of a newer version, and those that it does not know', async () => {
    const url = await createEmptyDatabase();
    await openPostgresTestStore(url);
    await runSql(url, "INSERT INTO flux_mirror_migrations VALUES (9999999999999, 'future')");
    for (const kind of ['server', 'command', 'reader'] as const)
      await expect(open(url, kind)).rejects.toThrow(/was written by a newer flux-mirror/);
    // A server that was there before starts its threads when they are needed.
    const thread = await openPostgresStore({
      ...{ url, clock: new ManualClock(), kind: 'reader', isResident: true },
    });
    expect(await thread.getMany([])).toEqual([]);
    await thread.close();
    await runSql(url, 'DELETE FROM flux_mirror_migrations WHERE version = 9999999999999');
    await runSql(url, "UPDATE flux_mirror_migrations SET hash = 'another'");
    await expect(open(url)).rejects.toThrow(UnusableDatabase);
  });

  test('refuses a database with another encoding', async () => {
    const url = await createEmptyDatabase("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    await expect(open(url)).rejects.toThrow(/has the encoding LATIN1: flux-mirror needs UTF8/);
  });

  test('says in one line, without the password, what is wrong with the address', async () => {
    const secret = 'not-to-be-shown';
    const known = new URL(await createEmptyDatabase());
    const missing = new URL(known);
    missing.pathname = '/of-nobody';
    const unreachable = new URL(known);
    unreachable.port = String(await findFreePort());
    const stranger = new URL(known);
    stranger.username = 'stranger';
    const wrong = [missing, unreachable, stranger].map((url) => {
      url.password = secret;
      return url.href;
    });
    for (const url of [
      ...wrong,
      `postgres://mirror:${secret}@[::bad/x`,
      `mysql://mirror:${secret}@host/x`,
      secret,
    ]) {
      const error = await open(url).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OperatorError);
      expect(String(error)).not.toContain('\n');
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(secret);
    }
  });
});

test('every column of text is in the order of its code points', async () => {
  const url = await createEmptyDatabase();
  await openPostgresTestStore(url);
  const columns = await runSql(
    url,
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = current_schema() AND data_type IN ('text', 'ARRAY', 'character varying')
       AND collation_name IS DISTINCT FROM 'C'`,
  );
  expect(columns).toEqual([]);
});
