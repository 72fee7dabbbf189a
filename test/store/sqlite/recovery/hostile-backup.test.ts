/** A backup made by someone else: what no migration made is refused, and what the mirror knows of its tokens stays true. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database, openConnection } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const token = (name: string, hash: string) => ({
  name,
  hash: hash.repeat(64),
  limits: undefined,
  isReadOnly: false,
  createdAtMs: 1,
  revokedAtMs: undefined,
});

/** A mirror with a document and a token, and its backup. */
async function mirrorWithBackup(): Promise<{ dataDir: string; backup: string }> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
  await store.addAccessToken(token('one', 'a'));
  await store.close();
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  return { dataDir, backup };
}

function alter(file: string, sql: string): void {
  const db = new Database(file);
  try {
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(sql);
  } finally {
    db.close();
  }
}

describe('restore refuses', () => {
  test.each<[string, string, string]>([
    [
      'a trigger',
      'CREATE TRIGGER t AFTER UPDATE ON access_tokens BEGIN UPDATE access_tokens SET revoked_at = NULL; END',
      'its trigger "t" was not created by flux-mirror',
    ],
    ['a view', 'CREATE VIEW v AS SELECT * FROM tasks', 'its view "v" was not created'],
    ['a foreign table', 'CREATE TABLE mine (a)', 'its table "mine" was not created'],
    ['a virtual table', 'CREATE VIRTUAL TABLE f USING fts5(a)', 'its table "f" was not created'],
    ['an index over an expression', 'CREATE INDEX i ON tasks (lower(id))', 'its index "i" was not created'],
    ['a generated column', 'ALTER TABLE tasks ADD COLUMN g AS (abs(1))', 'its table "tasks" is not as'],
    [
      'a check constraint',
      `UPDATE sqlite_schema SET sql = substr(sql, 1, length(sql) - 1) || ', CHECK (abs(1)))' WHERE name = 'removed'`,
      'its table "removed" is not as',
    ],
    [
      'another index of the same name',
      'DROP INDEX tasks_state; CREATE INDEX tasks_state ON tasks (id)',
      'is not as',
    ],
    [
      'a column whose name only looks like a name and a type',
      `UPDATE sqlite_schema SET sql = replace(sql, '\`expires_at\` integer', '\`expires_at integer\`') WHERE name = 'access_tokens'`,
      'its table "access_tokens" is not as',
    ],
    [
      'a constraint that is none, because its word is quoted',
      `UPDATE sqlite_schema SET sql = replace(sql, '\`hash\` text NOT NULL', '\`hash\` text "NOT" NULL') WHERE name = 'access_tokens'`,
      'the columns of its table "access_tokens" are not as flux-mirror creates them',
    ],
    ['a schema without an index', 'DROP INDEX tasks_state', 'its index "tasks_state" is missing'],
  ])('%s, and changes nothing', async (_name, sql, message) => {
    const { dataDir, backup } = await mirrorWithBackup();
    alter(backup, sql);
    expect(() => restore(dataDir, backup, 1)).toThrow(message);
    expect(await (await openTestStore(dataDir)).accessTokens()).toHaveLength(1);
  });

  test('what is not a regular file', async () => {
    const { dataDir } = await mirrorWithBackup();
    expect(() => restore(dataDir, '/dev/null', 1)).toThrow('not a regular file');
  });
});

test.each([4, 6, 8])('a backup of an earlier version (%i migrations) is restored', async (migrations) => {
  const older = olderMirror((await mirrorWithBackup()).backup, migrations);
  expect(restore(temporaryDirectory(), join(older, 'mirror.db'), 1).tasks).toBe(1);
});

test('a backup with SQLite’s own statistics is restored', async () => {
  const { dataDir, backup } = await mirrorWithBackup();
  alter(backup, 'ANALYZE');
  expect(restore(dataDir, backup, 1).tasks).toBe(1);
});

test('a link is followed to the backup and to the log beside it', async () => {
  const { dataDir } = await mirrorWithBackup();
  const other = temporaryDirectory();
  const store = await openTestStore(other);
  await store.storeDocuments({ documents: [document({ id: 'in the log' })], requestSeq: 1, fetchedAtMs: 1 });
  const links = join(temporaryDirectory(), 'links');
  mkdirSync(links);
  symlinkSync(join(other, 'mirror.db'), join(links, 'backup.db'));
  expect(restore(dataDir, join(links, 'backup.db'), 1).tasks).toBe(1);
  expect((await (await openTestStore(dataDir)).get('in the log' as never))?.state).toBe('succeeded');
});

test('a token revoked here stays revoked, whatever name or scope the backup gives it', async () => {
  const { dataDir, backup } = await mirrorWithBackup();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await store.addAccessToken({ ...token('two', 'b'), isReadOnly: true });
  await store.revokeAccessToken('one', 7);
  await store.close();
  const hash = 'a'.repeat(64);
  alter(
    backup,
    `UPDATE access_tokens SET name = 'renamed';
     INSERT INTO access_tokens (name, hash, user_ids, application_ids, is_read_only, created_at)
     VALUES ('two', '${'c'.repeat(64)}', '[]', '[]', 0, 1), ('wider', '${'b'.repeat(64)}', '[]', '[]', 0, 1)`,
  );
  restore(dataDir, backup, 1);
  const tokens = await (await openTestStore(dataDir)).accessTokens();
  expect(tokens.map(({ name, isReadOnly, revokedAtMs }) => [name, isReadOnly, revokedAtMs])).toEqual([
    ['one', false, 7],
    ['two', true, undefined],
  ]);
  expect(tokens[0]?.hash).toBe(hash);
});

test('a token revoked here stays revoked if its hash was stored in capitals', async () => {
  const { dataDir, backup } = await mirrorWithBackup();
  alter(
    join(dataDir, 'mirror.db'),
    "UPDATE access_tokens SET name = 'capitals', hash = upper(hash), revoked_at = 7",
  );
  restore(dataDir, backup, 1);
  const tokens = await (await openTestStore(dataDir)).accessTokens();
  expect(tokens.map(({ name, revokedAtMs }) => [name, revokedAtMs])).toEqual([['capitals', 7]]);
});

test('functions in the schema of any database are not trusted', () => {
  const db = openConnection(':memory:');
  db.function('steal', { directOnly: false }, () => 1);
  db.exec('CREATE VIEW v AS SELECT steal() AS a');
  expect(() => db.prepare('SELECT a FROM v').get()).toThrow(/unsafe use of steal/);
  db.close();
});
