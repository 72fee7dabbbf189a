/** What was left behind is swept, and what is made is nobody else's business. */
import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { requireOnMachine } from '../../../helpers/requirements.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();

async function closedMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  return dataDir;
}

const LEFT = [
  'mirror.db.restoring',
  'mirror.db.restoring-journal',
  'mirror.db.rebuilding',
  'mirror.db.damaged-wal',
  'backups/scheduled-20260101T000000000Z.db.partial',
  'backups/scheduled-20260101T000000000Z.db.partial-journal',
  'backups/manual-20260101T000000000Z.db.partial',
];
const KEPT = ['backups/manual-20260101T000000000Z.db', 'backups/just-now.db.partial', 'mirror.db.mine'];

const BY: Record<string, (dataDir: string, backup: string) => unknown> = {
  'a start': async (dataDir) => (await openStore({ dataDir, clock, mode: 'owner' })).close(),
  'a restore': (dataDir, backup) => restore(dataDir, backup, clock.now()),
  'a rebuild': (dataDir) => rebuild(dataDir, clock),
};

test.each(Object.keys(BY))('%s removes leftovers, but no backup that may be in progress', async (name) => {
  const dataDir = await closedMirror();
  const backup = join(temporaryDirectory(), 'backup.db');
  await backUp(dataDir, backup);
  mkdirSync(join(dataDir, 'backups'));
  const nowS = clock.now() / 1000;
  for (const file of [...LEFT, ...KEPT]) {
    writeFileSync(join(dataDir, file), 'left');
    utimesSync(join(dataDir, file), nowS - 7200, nowS - 7200);
  }
  utimesSync(join(dataDir, 'backups/just-now.db.partial'), nowS, nowS);
  await BY[name]?.(dataDir, backup);
  const left = readdirSync(dataDir, { recursive: true }).map(String);
  expect(left.filter((file) => LEFT.includes(file))).toEqual([]);
  expect(left).toEqual(expect.arrayContaining(KEPT));
});

test('database, log and backups are accessible only to their owner', async (context) => {
  requireOnMachine(context, 'unix-modes');
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
  const dataDir = await closedMirror();
  const backup = join(dataDir, 'backups', 'a.db');
  await backUp(dataDir, backup);
  const modes = (...files: string[]) =>
    files.map((file) => `${file} ${(statSync(join(dataDir, file)).mode & 0o777).toString(8)}`);
  expect(modes('backups/a.db')).toEqual(['backups/a.db 600']);
  chmodSync(backup, 0o666); // somebody copied it from elsewhere
  chmodSync(join(dataDir, 'mirror.db'), 0o644); // of an earlier version
  const { replaced = '' } = restore(dataDir, backup, clock.now());
  expect((statSync(replaced).mode & 0o777).toString(8)).toBe('600');
  const store = await openTestStore(dataDir);
  await store.setCheckpoint('a', 'b');
  expect(modes('mirror.db', 'mirror.db-wal')).toEqual(['mirror.db 600', 'mirror.db-wal 600']);
  await store.close();
  rebuild(dataDir, clock);
  expect(modes('mirror.db')).toEqual(['mirror.db 600']);
});

test('a start removes temporary folders that a kill left behind, but none in use', async () => {
  const dataDir = await closedMirror();
  const nowS = clock.now() / 1000;
  const createFolder = (path: string, ageS: number) => {
    mkdirSync(join(dataDir, path), { recursive: true });
    writeFileSync(join(dataDir, path, 'mirror.db'), 'left');
    utimesSync(join(dataDir, path), nowS - ageS, nowS - ageS);
  };
  createFolder('.flux-mirror-abandoned', 7200);
  createFolder('backups/.flux-mirror-abandoned', 7200);
  createFolder('backups/.flux-mirror-in-use', 60);
  createFolder('backups/mine', 7200);
  await (await openStore({ dataDir, clock, mode: 'owner' })).close();
  expect(readdirSync(dataDir)).not.toContain('.flux-mirror-abandoned');
  expect(readdirSync(join(dataDir, 'backups')).sort()).toEqual(['.flux-mirror-in-use', 'mine']);
});
