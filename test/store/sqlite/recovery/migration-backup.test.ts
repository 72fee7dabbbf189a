/** Before the schema is migrated, the database is copied. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../../../src/lib/version.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { type OpenOptions, openStore } from '../../../../src/store/sqlite/open.ts';
import { MigrationRefused } from '../../../../src/store/sqlite/recovery/migration-backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { olderMirror } from '../../../helpers/older-mirror.ts';
import { requireOnMachine } from '../../../helpers/requirements.ts';
import { temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const NAME = `before-${VERSION}.db`;
const TASKS = 30;

/** A mirror of an older version. */
async function older(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const documents = numberedIds(TASKS).map((id) => document({ id }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  return olderMirror(join(dataDir, 'mirror.db'), 5);
}

const openAndClose = async (dataDir: string, mode: OpenOptions['mode'] = 'owner') =>
  (await openStore({ dataDir, clock, mode })).close();

function columnsIn(file: string, table: string): number {
  const raw = new Database(file, { readonly: true });
  const columns = raw.pragma(`table_info(${table})`) as unknown[];
  raw.close();
  return columns.length;
}

test.each(['owner', 'writer'] as const)('a %s makes a copy of the older database', async (mode) => {
  const dataDir = await older();
  const columns = columnsIn(join(dataDir, 'mirror.db'), 'tasks');
  await openAndClose(dataDir, mode);
  const folder = join(dataDir, 'backups');
  expect(readdirSync(folder)).toEqual([NAME]);
  expect(statSync(join(folder, NAME)).mode & 0o777).toBe(0o600);
  expect(columnsIn(join(folder, NAME), 'tasks')).toBe(columns);

  const restored = temporaryDirectory();
  expect(restore(restored, join(folder, NAME), 1).tasks).toBe(TASKS);
  const store = await openStore({ dataDir: restored, clock, mode: 'owner' });
  expect(await store.getMany(numberedIds(TASKS))).toHaveLength(TASKS);
  await store.close();
});

test('the copy includes what is only in the write-ahead log', async () => {
  const dataDir = await older();
  const beside = new Database(join(dataDir, 'mirror.db'));
  beside.pragma('journal_mode = WAL');
  beside.exec("INSERT INTO facts (name, value) VALUES ('late', 'yes')");
  await openAndClose(dataDir);
  beside.close();
  const copy = new Database(join(dataDir, 'backups', NAME), { readonly: true });
  expect(copy.prepare("SELECT value FROM facts WHERE name = 'late'").pluck().get()).toBe('yes');
  copy.close();
});

test('a new or up-to-date database is not copied', async () => {
  const dataDir = temporaryDirectory();
  await openAndClose(dataDir);
  await openAndClose(dataDir);
  expect(existsSync(join(dataDir, 'backups'))).toBe(false);
});

test('the copy of an earlier version is deleted, and every other backup is kept', async () => {
  const dataDir = await older();
  const folder = join(dataDir, 'backups');
  mkdirSync(folder);
  const others = ['before-the-move.db', 'manual-20260101T000000000Z.db', 'scheduled-20260101T000000000Z.db'];
  for (const name of ['before-0.0.1.db', `${NAME}.partial`, ...others]) writeFileSync(join(folder, name), '');
  await openAndClose(dataDir);
  expect(readdirSync(folder).sort()).toEqual([NAME, ...others].sort());
});

test('the copy is announced before it is made', async () => {
  const dataDir = await older();
  const announced: unknown[] = [];
  const onMigration = (copy: unknown) => announced.push(copy, existsSync(join(dataDir, 'backups', NAME)));
  await (await openStore({ dataDir, clock, mode: 'owner', onMigration })).close();
  expect(announced).toEqual([{ file: join(dataDir, 'backups', NAME), bytes: expect.any(Number) }, false]);
});

test('without space for the copy nothing is migrated, and the earlier copy is kept', async (context) => {
  requireOnMachine(context, 'mount');
  const dataDir = await older();
  const folder = join(dataDir, 'backups');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'flux-mirror-test', folder], { stdio: 'ignore' });
  onTestFinished(() => void execFileSync('umount', [folder]));
  writeFileSync(join(folder, 'before-0.0.1.db'), '');
  const failure: unknown = await openAndClose(dataDir).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationRefused);
  expect(String(failure)).toMatch(/needs \d+ MiB: there is not enough room; nothing was changed/);
  expect(readdirSync(folder)).toEqual(['before-0.0.1.db']);
  expect(columnsIn(join(dataDir, 'mirror.db'), 'tasks')).toBe(16);
  await expect(openAndClose(dataDir)).rejects.toThrow(MigrationRefused); // the lock was given back
});
