import { beforeEach, describe, expect, test } from 'vitest';
import type { Postgres } from '../../../src/store/postgres/database.ts';
import { getErrorMeaning, isConnectionLost } from '../../../src/store/postgres/errors.ts';
import { runInTransaction, type Transaction } from '../../../src/store/postgres/transaction.ts';
import { breakConnections, connectToTest, createTestDatabase, runSql } from '../../helpers/postgres.ts';
import { requireOnMachine } from '../../helpers/requirements.ts';

let url: string;
let db: Postgres;

beforeEach(async (context) => {
  requireOnMachine(context, 'postgres');
  url = await createTestDatabase();
  db = connectToTest(url, 8);
  await db.execute("INSERT INTO facts (name, value) VALUES ('a', '0'), ('b', '0')");
});

const read = async (name: string) =>
  (await db.query<{ value: string }>('SELECT value FROM facts WHERE name = $1', [name]))[0]?.value;

/** As a program would do it that reads first. */
const increment = async (tx: Transaction, name: string) => {
  const [row] = await tx.query<{ value: string }>('SELECT value FROM facts WHERE name = $1', [name]);
  await tx.execute('UPDATE facts SET value = $2 WHERE name = $1', [name, String(Number(row?.value) + 1)]);
};

/** Ends the statement that waits for a lock, as soon as there is one. */
async function cancelWaiting(): Promise<void> {
  for (;;) {
    const cancelled = await runSql(
      url,
      `SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    if (cancelled.length > 0) return;
  }
}

describe('transactions', () => {
  test('about the same id follow each other, whatever else they are about', async () => {
    const others = Array.from({ length: 5 }, (_, at) => `other ${at}`);
    await Promise.all(
      Array.from({ length: 40 }, (_, at) => {
        const ids = [...others.slice(at % 5), 'a', ...others.slice(0, at % 5)];
        return runInTransaction(db, { ids }, (tx) => increment(tx, 'a'));
      }),
    );
    expect(await read('a')).toBe('40');
  });

  test('about very many ids wait for those about one of them', async () => {
    const ids = Array.from({ length: 1500 }, (_, at) => `id ${at}`);
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        runInTransaction(db, { ids: at % 4 === 0 ? ids : ['id 7'] }, (tx) => increment(tx, 'a')),
      ),
    );
    expect(await read('a')).toBe('20');
  });

  test('that wait for each other are ended by the database, and run again', async () => {
    let runs = 0;
    let holders = 0;
    let meet: (() => void) | undefined;
    const bothHaveOne = new Promise<void>((resolve) => {
      meet = resolve;
    });
    const change = (first: string, second: string) =>
      runInTransaction(db, {}, async (tx) => {
        runs += 1;
        await increment(tx, first);
        holders += 1;
        if (holders === 2) meet?.();
        await bothHaveOne;
        await increment(tx, second);
      });
    await Promise.all([change('a', 'b'), change('b', 'a')]);
    expect([await read('a'), await read('b'), runs]).toEqual(['2', '2', 3]);
  });

  test('say why they could not begin, and change nothing', async () => {
    let isHeld: (() => void) | undefined;
    let end: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const holder = runInTransaction(db, { ids: ['a'] }, async (tx) => {
      await tx.query('SELECT 1'); // its locks are taken
      isHeld?.();
      await ended;
    });
    await held;
    const [waiting] = await Promise.allSettled([
      runInTransaction(db, { ids: ['a'] }, async (tx) => {
        await increment(tx, 'a');
      }),
      cancelWaiting().finally(() => end?.()),
    ]);
    await holder;
    expect(waiting).toMatchObject({ status: 'rejected', reason: { code: '57014' } });
    expect(await read('a')).toBe('0');
    await runInTransaction(db, { ids: ['a'] }, (tx) => increment(tx, 'a'));
    expect(await read('a')).toBe('1');
  });

  test('undo a part alone', async () => {
    await runInTransaction(db, {}, async (tx) => {
      await increment(tx, 'a');
      await expect(
        tx.savepoint(async () => {
          await increment(tx, 'b');
          throw new Error('not like this');
        }),
      ).rejects.toThrow('not like this');
      await increment(tx, 'a');
    });
    expect([await read('a'), await read('b')]).toEqual(['2', '0']);
  });

  test('leave nothing behind when they fail', async () => {
    const failing = runInTransaction(db, { ids: ['a'] }, async (tx) => {
      await increment(tx, 'a');
      await tx.query('SELECT 1 / 0');
    });
    await expect(failing).rejects.toThrow('division by zero');
    expect(await read('a')).toBe('0');
    expect(await runSql(url, 'SELECT * FROM change_counts')).toEqual([]);
    expect(await runSql(url, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).toEqual([]);
  });

  test.each([true, false])(
    'are repeated after a lost connection only if they may be: %s',
    async (isRepeatable) => {
      let runs = 0;
      const running = runInTransaction(db, { isRepeatable }, async (tx) => {
        runs += 1;
        await increment(tx, 'a');
        if (runs === 1) await breakConnections(url);
        await increment(tx, 'a');
      });
      if (isRepeatable) await running;
      else {
        const error = await running.catch((reason: unknown) => reason);
        expect([isConnectionLost(error), getErrorMeaning(error)]).toEqual([true, 'unreachable']);
      }
      expect([await read('a'), runs]).toEqual(isRepeatable ? ['2', 2] : ['0', 1]);
    },
  );

  test('use no named statements, and no settings that outlive them', async () => {
    const alone = connectToTest(url, 1);
    await runInTransaction(alone, { ids: ['a'] }, (tx) => increment(tx, 'a'));
    expect(await alone.query('SELECT name FROM pg_prepared_statements')).toEqual([]);
    expect(await alone.query("SELECT current_setting('lock_timeout') AS value")).toEqual([{ value: '0' }]);
  });
});

test('a read is tried again on another connection', async () => {
  await read('a');
  await breakConnections(url);
  expect(await db.read("SELECT value FROM facts WHERE name = 'a'")).toEqual([{ value: '0' }]);
});
