import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/lib/operator-error.ts';
import { PACKAGE_ROOT } from '../../../src/lib/package-root.ts';
import { NoMirror } from '../../../src/store/contract/errors.ts';
import { openPostgresStore, type PostgresOptions } from '../../../src/store/postgres/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { createEmptyDatabase, openPostgresTestStore, runSql } from '../../helpers/postgres.ts';
import { findFreePort } from '../../helpers/proxy-process.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';
import { SEARCH_NOW } from '../../helpers/search.ts';

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

  /** As a newer version leaves the tables. @param required the migration that whoever uses them must know */
  async function addNewerMigration(url: string, required: number | 'NULL'): Promise<void> {
    await runSql(
      url,
      `ALTER TABLE tasks ADD COLUMN mood text; CREATE TABLE moods (name text);
       INSERT INTO flux_mirror_migrations VALUES (9999999999999, 'future', ${required})`,
    );
  }

  test('uses tables to which a newer version has only added: servers are updated one by one', async () => {
    const url = await createEmptyDatabase();
    await openPostgresTestStore(url);
    const [newest] = await runSql(url, 'SELECT max(version) AS version FROM flux_mirror_migrations');
    await addNewerMigration(url, Number(newest?.version));
    const [id] = numberedIds(1);
    for (const kind of ['server', 'command'] as const) {
      const store = await openPostgresTestStore(url, kind);
      const requestSeq = await store.nextRequestSeq();
      const stored = document({ id, prompt: `of an older ${kind}` });
      await store.storeDocuments({ documents: [stored], requestSeq, fetchedAtMs: SEARCH_NOW });
      expect((await store.get(id))?.text).toBe(stored.text);
      await store.remove(id);
    }
    const reader = await openPostgresTestStore(url, 'reader');
    expect(await reader.getMany(numberedIds(1))).toEqual([]);
  });

  test.each([
    ['that it does not know', 9999999999999],
    ['of nobody knows what', 'NULL'],
  ] as const)('refuses tables that need a version %s', async (_, required) => {
    const url = await createEmptyDatabase();
    await openPostgresTestStore(url);
    await addNewerMigration(url, required);
    for (const kind of ['server', 'command', 'reader'] as const)
      await expect(open(url, kind)).rejects.toThrow(/was written by a newer flux-mirror/);
  });

  test('migrates tables of before migrations said what they need', async () => {
    const url = await createEmptyDatabase();
    await openPostgresTestStore(url);
    await runSql(url, 'ALTER TABLE flux_mirror_migrations DROP COLUMN required');
    await openPostgresTestStore(url);
    await runSql(
      url,
      `DELETE FROM flux_mirror_migrations WHERE version = 1795781438209;
       DROP TRIGGER tasks_rows_removed ON tasks; DROP FUNCTION remove_rows_of_tasks`,
    );
    const constraints = ['task_images', 'prompts'].map(
      (table) =>
        `ALTER TABLE ${table} ADD CONSTRAINT ${table}_task_tasks_arrival_fk FOREIGN KEY (task) REFERENCES tasks (arrival)`,
    );
    await runSql(url, constraints.join(';'));
    await openPostgresTestStore(url);
    expect(
      await runSql(url, 'SELECT required FROM flux_mirror_migrations ORDER BY version DESC LIMIT 1'),
    ).toEqual([{ required: '1795781438209' }]);
  });

  test('refuses tables that it does not know', async () => {
    const url = await createEmptyDatabase();
    await openPostgresTestStore(url);
    await runSql(url, "UPDATE flux_mirror_migrations SET hash = 'another'");
    await expect(open(url)).rejects.toThrow(/has tables that this flux-mirror does not know/);
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
