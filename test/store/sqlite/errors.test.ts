import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/lib/operator-error.ts';
import { StoreError, storeErrorCodeOf } from '../../../src/store/contract/errors.ts';
import { Database, SqliteError } from '../../../src/store/sqlite/driver.ts';
import { translateErrors, translateOpening } from '../../../src/store/sqlite/errors.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../helpers/documents.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../../helpers/test-mirror.ts';

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('SQLite errors are translated', () => {
  test.each<[string, (file: string) => unknown]>([
    [
      'busy',
      (file) => {
        const holder = new Database(file);
        holder.exec('BEGIN EXCLUSIVE');
        const other = new Database(file, { timeout: 0 });
        try {
          return other.exec('CREATE TABLE a (b)');
        } finally {
          other.close();
          holder.close();
        }
      },
    ],
    [
      'full',
      (file) => {
        const db = new Database(file);
        db.pragma('max_page_count = 1');
        try {
          return db.exec('CREATE TABLE a (b); CREATE TABLE c (d); CREATE TABLE e (f);');
        } finally {
          db.close();
        }
      },
    ],
    [
      'read-only',
      (file) => {
        new Database(file).exec('CREATE TABLE a (b)').close();
        const db = new Database(file, { readonly: true });
        try {
          return db.exec('DROP TABLE a');
        } finally {
          db.close();
        }
      },
    ],
    [
      'damaged',
      (file) => {
        writeFileSync(file, 'no database '.repeat(1000));
        const db = new Database(file);
        try {
          return db.exec('SELECT * FROM sqlite_master');
        } finally {
          db.close();
        }
      },
    ],
    ['unreachable', (file) => new Database(file, { readonly: true })],
  ])('%s, with its message and its error', (code, work) => {
    const file = join(temporaryDirectory(), 'a.db');
    const error = errorOf(() => translateErrors(() => work(file)));
    expect(error).toBeInstanceOf(StoreError);
    const cause = error instanceof StoreError ? error.cause : undefined;
    expect(cause).toBeInstanceOf(SqliteError);
    expect(error).toMatchObject({ code, message: cause instanceof Error ? cause.message : '' });
  });

  test('a file that can’t be opened is unreadable or unwritable', () => {
    const file = join(temporaryDirectory(), 'none.db');
    const error = errorOf(() => translateOpening(() => new Database(file, { readonly: true })));
    expect(error).toMatchObject({ name: 'StoreError', code: 'read-only' });
  });

  test('an error in a statement is not a StoreError', () => {
    const db = new Database(':memory:');
    const error = errorOf(() => translateErrors(() => db.exec('SELECT nothing FROM nowhere')));
    expect(error).toBeInstanceOf(SqliteError);
    expect(storeErrorCodeOf(error)).toBeUndefined();
  });
});

describe('a damaged database', () => {
  test('is an error for the operator at open, caused by damage', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'mirror.db'), 'no database '.repeat(1000));
    const open = async () => openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
    const error = await open().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OperatorError);
    expect(storeErrorCodeOf(error)).toBe('damaged');
  });

  test('is a StoreError for reads of the damaged data, of one document or all', async () => {
    const dataDir = temporaryDirectory();
    const ids = numberedIds(600);
    const owner = await openTestStore(dataDir);
    const documents = ids.map((id) => document({ id, prompt: 'p'.repeat(600) }));
    await owner.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
    await owner.close();
    const file = join(dataDir, 'mirror.db');
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + (bytes.length >> 3)));

    const reader = await openStore({ dataDir, clock: new ManualClock(), mode: 'reader' });
    const all = async () => {
      for await (const page of reader.stream()) expect(page.length).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toMatchObject({ name: 'StoreError', code: 'damaged' });
    const each = await Promise.allSettled(
      ids.map(async (id) => {
        await new Promise(setImmediate);
        return reader.get(id);
      }),
    );
    const reasons = each.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatchObject({ name: 'StoreError', code: 'damaged' });
    expect(await reader.damage()).toMatch(/^the database is damaged/);
    await reader.close();
  });
});
