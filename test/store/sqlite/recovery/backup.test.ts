import { spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { createMaintenance } from '../../../../src/app/maintenance.ts';
import { BACKUP_WORKER } from '../../../../src/app/workers.ts';
import { selectKeptBackups } from '../../../../src/backup/retention.ts';
import { runScheduledBackup } from '../../../../src/backup/scheduled.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { backUp, getBackupPath, listScheduledBackups } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { MAIN, runCli } from '../../../helpers/cli.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { requireOnMachine } from '../../../helpers/requirements.ts';
import {
  openTestStore,
  startTestMirror,
  type TestMirror,
  temporaryDirectory,
} from '../../../helpers/test-mirror.ts';

const DAY_MS = 86_400_000;

async function put(store: Store, ids: readonly string[]): Promise<void> {
  await store.storeDocuments({
    documents: ids.map((id) => document({ id })),
    requestSeq: await store.nextRequestSeq(),
    fetchedAtMs: 1,
  });
}

async function idsIn(dataDir: string): Promise<string[]> {
  const store = await openStore({ dataDir, clock: new ManualClock(), mode: 'reader' });
  const ids: string[] = [];
  for await (const page of store.stream()) ids.push(...page.map(({ id }) => id));
  await store.close();
  return ids.sort();
}

describe('backup', () => {
  test('of a running, writing server is a consistent snapshot, and can be restored', async () => {
    const here = await startTestMirror();
    const ids = numberedIds(400);
    await put(here.store, ids.slice(0, 100));
    const { dataDir } = here.config;
    const copying = runCli(['backup', '--data-dir', dataDir, '--json']);
    // Pairs are written together, so a copy has both or none.
    for (let at = 100; at < 400; at += 2) {
      await put(here.store, ids.slice(at, at + 2));
      await new Promise(setImmediate);
    }
    const { code, stdout } = await copying;
    expect(code).toBe(0);
    const { file, tasks } = JSON.parse(stdout) as { file: string; tasks: number };
    expect(readdirSync(join(dataDir, 'backups'))).toEqual([file.split('/').at(-1)]);

    const other = temporaryDirectory();
    expect(await runCli(['restore', file, '--data-dir', other])).toMatchObject({ code: 0 });
    const restored = await idsIn(other);
    expect(restored).toHaveLength(tasks);
    expect(restored).toEqual(ids.slice(0, tasks).sort());
    expect(tasks % 2).toBe(0);
  });

  test('never overwrites a file, nor the database itself', async () => {
    const dataDir = temporaryDirectory();
    await put(await openTestStore(dataDir), numberedIds(1));
    const target = join(dataDir, 'copy.db');
    await backUp(dataDir, target);
    for (const file of [target, join(dataDir, 'mirror.db')])
      await expect(backUp(dataDir, file)).rejects.toThrow(/never overwrites/);
    expect(readdirSync(dataDir).filter((name) => name.includes('partial'))).toEqual([]);
  });
});

test('a backup onto a file system without links is complete too, and overwrites nothing', async (context) => {
  requireOnMachine(context, 'strace');
  const dataDir = temporaryDirectory();
  await put(await openTestStore(dataDir), numberedIds(3));
  const target = join(dataDir, 'copy.db');
  const backup = () =>
    spawnSync('strace', [
      ...['-f', '-qq', '-o', '/dev/null', '-e', 'trace=link,linkat', '-e', 'inject=link,linkat:error=EPERM'],
      ...[process.execPath, MAIN, 'backup', target, '--data-dir', dataDir],
    ]);
  expect(backup().status).toBe(0);
  const other = temporaryDirectory();
  expect(restore(other, target, 0).tasks).toBe(3);
  expect(backup().status).toBe(1);
  expect(readdirSync(dataDir).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
});

describe('restore', () => {
  /** A mirror with one task, and a backup of another with three. */
  async function mirrorAndBackup() {
    const from = temporaryDirectory();
    const store = await openStore({ dataDir: from, clock: new ManualClock(), mode: 'owner' });
    await put(store, numberedIds(3));
    await store.close();
    const backup = join(from, 'backup.db');
    await backUp(from, backup);
    const dataDir = temporaryDirectory();
    const here = await openStore({ dataDir, clock: new ManualClock(), mode: 'owner' });
    await put(here, ['only-here']);
    await here.close();
    return { dataDir, backup };
  }

  test('keeps what it replaces', async () => {
    const { dataDir, backup } = await mirrorAndBackup();
    expect(await runCli(['restore', backup, '--data-dir', dataDir])).toMatchObject({ code: 0 });
    expect(await idsIn(dataDir)).toEqual(numberedIds(3));
    const [replaced = ''] = readdirSync(join(dataDir, 'backups'));
    expect(
      await runCli(['restore', join(dataDir, 'backups', replaced), '--data-dir', dataDir]),
    ).toMatchObject({
      code: 0,
    });
    expect(await idsIn(dataDir)).toEqual(['only-here']);
  });

  test.each<[string, (file: string) => void, RegExp]>([
    ['is cut', (file) => truncateSync(file, 40_960), /can't be restored.*doctor --rebuild/],
    ['is text', (file) => writeFileSync(file, 'notes '.repeat(5000)), /can't be restored/],
    ['is empty', (file) => truncateSync(file, 0), /no database of a mirror/],
    [
      'has another document than was stored',
      (file) => {
        const bytes = readFileSync(file);
        const at = bytes.indexOf('siamese');
        bytes.write('balines', at);
        writeFileSync(file, bytes);
      },
      /differs from its hash/,
    ],
  ])('rejects a backup that %s, and changes nothing', async (_, spoil, message) => {
    const { dataDir, backup } = await mirrorAndBackup();
    spoil(backup);
    const { code, stderr } = await runCli(['restore', backup, '--data-dir', dataDir]);
    expect([code, stderr.split('\n').length]).toEqual([1, 2]);
    expect(stderr).toMatch(message);
    expect(await idsIn(dataDir)).toEqual(['only-here']);
    expect(readdirSync(dataDir).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  test.each<[string, () => string, RegExp]>([
    ['a folder', () => temporaryDirectory(), /is a folder: name the backup/],
    ['of another program', () => otherDatabase('CREATE TABLE tasks (id, title)'), /no database of a mirror/],
    [
      'of another program that is made with Drizzle',
      () => otherDatabase('CREATE TABLE tasks (id, title); CREATE TABLE __drizzle_migrations (created_at)'),
      /no database of a mirror/,
    ],
  ])('rejects what is %s', async (_, source, message) => {
    const { dataDir } = await mirrorAndBackup();
    const { code, stderr } = await runCli(['restore', source(), '--data-dir', dataDir]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(await idsIn(dataDir)).toEqual(['only-here']);
  });

  test('names a backup of a newer version', async () => {
    const { dataDir, backup } = await mirrorAndBackup();
    const db = new Database(backup);
    db.exec("INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('later', 9e15)");
    db.close();
    const { code, stderr } = await runCli(['restore', backup, '--data-dir', dataDir]);
    const line = `flux-mirror: ${backup} was written by a newer flux-mirror: update flux-mirror to open it\n`;
    expect([code, stderr]).toEqual([1, line]);
  });

  test('by root leaves all files to the owner of the directory', async (context) => {
    requireOnMachine(context, 'root');
    const { dataDir, backup } = await mirrorAndBackup();
    chownSync(dataDir, 65534, 65534);
    restore(dataDir, backup, 0);
    for (const path of ['mirror.db', 'backups']) expect(statSync(join(dataDir, path)).uid, path).toBe(65534);
  });

  test('is rejected while a server runs', async () => {
    const here = await startTestMirror();
    await put(here.store, numberedIds(2));
    const file = join(temporaryDirectory(), 'b.db');
    await backUp(here.config.dataDir, file);
    const { code, stderr } = await runCli(['restore', file, '--data-dir', here.config.dataDir]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(`pid ${process.pid}`)]);
    expect((await here.get('/api/stats')).status).toBe(200);
  });
});

describe('scheduled backups', () => {
  function backupDeps({ config, store, clock }: TestMirror) {
    const maintenance = createMaintenance(config.dataDir);
    return { ...config, store, maintenance, worker: BACKUP_WORKER, clock, log: quietLog() };
  }

  test('are kept for 7 days and 4 weeks, and no other files are touched', async () => {
    const here = await startTestMirror();
    await put(here.store, numberedIds(1));
    const { dataDir } = here.config;
    const parts = backupDeps(here);
    await backUp(dataDir, join(dataDir, 'backups', 'manual-20200101T000000000Z.db'));
    for (let day = 0; day < 38; day += 1) {
      writeFileSync(getBackupPath(dataDir, 'scheduled', here.clock.now()), 'an older backup');
      here.clock.advance(DAY_MS);
    }
    await runScheduledBackup(parts);
    const kept = listScheduledBackups(dataDir);
    expect(kept.length).toBeGreaterThanOrEqual(9);
    expect(kept.length).toBeLessThanOrEqual(11);
    expect(existsSync(join(dataDir, 'backups', 'manual-20200101T000000000Z.db'))).toBe(true);
    const metrics = await (await here.get('/metrics')).text();
    expect(metrics).toMatch(/^flux_mirror_backup_last_success_timestamp_seconds 177\d{7}$/m);
  });

  test('a failure is reported in /readyz until one succeeds', async () => {
    const here = await startTestMirror();
    const parts = backupDeps(here);
    const reasons = async () => ((await (await here.get('/readyz')).json()) as { reasons: string[] }).reasons;
    await runScheduledBackup(parts);
    expect(await reasons()).toEqual([]);
    await runScheduledBackup(parts); // the same second: the file is there already
    expect(await reasons()).toEqual([expect.stringMatching(/^the last backup failed: /)]);
    here.clock.advance(1000);
    const folder = join(here.config.dataDir, 'backups');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'in the way');
    await runScheduledBackup(parts);
    const [reason = ''] = await reasons();
    expect(reason).toMatch(/^the last backup failed: .*\([a-z ]+\)$/);
    expect(reason).not.toContain(here.config.dataDir); // anybody may see it
    rmSync(folder);
    await runScheduledBackup(parts);
    expect(await reasons()).toEqual([]);
  });

  test('of a database with a changed document fail, and displace no good one', async () => {
    const here = await startTestMirror();
    await put(here.store, numberedIds(2));
    const { dataDir } = here.config;
    const parts = backupDeps(here);
    mkdirSync(join(dataDir, 'backups'));
    for (let day = 0; day < 30; day += 1) {
      writeFileSync(getBackupPath(dataDir, 'scheduled', here.clock.now()), 'an older backup');
      here.clock.advance(DAY_MS);
    }
    const before = listScheduledBackups(dataDir);
    spoil(join(dataDir, 'mirror.db'));
    await runScheduledBackup(parts);
    expect(listScheduledBackups(dataDir)).toEqual(before);
    const { reasons } = (await (await here.get('/readyz')).json()) as { reasons: string[] };
    expect(reasons).toEqual([expect.stringMatching(/^the last backup failed: .* differs from its hash/)]);
    const command = await runCli(['backup', '--data-dir', dataDir]);
    expect([command.code, command.stderr]).toEqual([
      1,
      expect.stringMatching(/differs from its hash; .*doctor/),
    ]);
  });

  test('that are dated in the future, by a clock that ran ahead, displace nothing', () => {
    const day = (n: number) => ({ atMs: n * DAY_MS });
    const ahead = Array.from({ length: 40 }, (_, n) => day(1000 + n));
    const now = [day(98), day(99), day(100)];
    expect(selectKeptBackups([...ahead, ...now], 100 * DAY_MS)).toEqual(new Set([...ahead, ...now]));
  });

  test('retention keeps the newest, never more than 11, and is idempotent at one time', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 400 * 24 }), { maxLength: 200 });
    fc.assert(
      fc.property(times, (hours) => {
        const backups = hours.map((hour) => ({ atMs: hour * 3_600_000 }));
        const kept = [...selectKeptBackups(backups, Number.POSITIVE_INFINITY)];
        expect(kept.length).toBeLessThanOrEqual(11);
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(1, backups.length));
        const newest = Math.max(...backups.map(({ atMs }) => atMs));
        if (backups.length > 0) expect(kept.map(({ atMs }) => atMs)).toContain(newest);
        expect([...selectKeptBackups(kept, Number.POSITIVE_INFINITY)].length).toBe(kept.length);
        // Each of the last seven days that have one keeps its newest.
        const days = [...new Set(backups.map(({ atMs }) => Math.floor(atMs / DAY_MS)))].sort((a, b) => b - a);
        for (const day of days.slice(0, 7)) {
          const last = Math.max(
            ...backups.filter(({ atMs }) => Math.floor(atMs / DAY_MS) === day).map((b) => b.atMs),
          );
          expect(kept.map(({ atMs }) => atMs)).toContain(last);
        }
      }),
    );
  });
});

function otherDatabase(sql: string): string {
  const file = join(temporaryDirectory(), 'other.db');
  const db = new Database(file);
  db.exec(sql);
  db.close();
  return file;
}

/** Changes a letter of a document, as a disk would. */
function spoil(file: string): void {
  const db = new Database(file);
  db.exec(`UPDATE tasks SET document = replace(document, 'siamese', 'balines') WHERE position =
    (SELECT min(position) FROM tasks)`);
  db.close();
}

/** The failures are provoked. */
function quietLog() {
  return pino({ level: 'silent' });
}
