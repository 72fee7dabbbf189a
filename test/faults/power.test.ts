/** Power cuts, kills in migrations, and a data directory that can't be written. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VERSION } from '../../src/lib/version.ts';
import { createSeededRandom } from '../../src/simulator/random.ts';
import { Database } from '../../src/store/sqlite/driver.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { builtModule } from '../helpers/built-module.ts';
import { MAIN, runProgram } from '../helpers/cli.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { showFigure } from '../helpers/figure.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { MIGRATIONS, olderMirror } from '../helpers/older-mirror.ts';
import { requireOnMachine } from '../helpers/requirements.ts';
import { openTestStore, temporaryDirectory } from '../helpers/test-mirror.ts';
import { tries } from '../helpers/thorough.ts';

const clock = new ManualClock();
/** As they are shipped. */
const STORE = builtModule('store/sqlite/open');

test('whatever a power loss leaves of the write-ahead log, the database is a complete prefix of the commits', async (context) => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const ids = numberedIds(40);
  for (const [at, id] of ids.entries())
    await store.storeDocuments({ documents: [document({ id })], requestSeq: at + 1, fetchedAtMs: 1 });
  const log = readFileSync(join(dataDir, 'mirror.db-wal'));
  const base = readFileSync(join(dataDir, 'mirror.db'));
  const random = createSeededRandom(5);
  const lengths = new Set<number>();
  const trials = tries(60, 400);
  for (let trial = 0; trial < trials; trial += 1) {
    const left = temporaryDirectory();
    const cut = Math.floor(random() * log.length);
    const damaged = Buffer.from(log);
    if (trial % 3 === 1) damaged.fill(0, cut); // the tail never arrived
    if (trial % 3 === 2) damaged.writeUInt8(damaged.readUInt8(cut) ^ 1, cut);
    writeFileSync(join(left, 'mirror.db'), base);
    writeFileSync(join(left, 'mirror.db-wal'), trial % 3 === 0 ? damaged.subarray(0, cut) : damaged);
    const after = await openStore({ dataDir: left, clock, mode: 'owner' });
    const found = (await after.getMany(ids)).map(({ id }) => id);
    expect(found).toEqual(ids.slice(0, found.length));
    expect(await after.audit()).toEqual([]);
    lengths.add(found.length);
    await after.close();
  }
  expect(lengths.size).toBeGreaterThan(5); // the cuts were where they matter
  showFigure(context, `0 broken prefixes of ${trials}`);
}, 60_000);

test('every commit is synced to disk, by the number of fsync calls', (context) => {
  requireOnMachine(context, 'strace');
  const fsyncs = (commits: number): number => {
    const script = `const { openStore } = await import(process.argv[1]);
      const store = await openStore({ dataDir: process.argv[2], clock: { now: Date.now }, mode: 'owner' });
      for (let n = 0; n < ${commits}; n += 1) await store.setCheckpoint('n', String(n));
      process.kill(process.pid, 'SIGKILL');`;
    const args = [
      '-f',
      '-c',
      '-e',
      'trace=fsync,fdatasync',
      process.execPath,
      '--input-type=module',
      '-e',
      script,
    ];
    const { stderr, signal } = spawnSync('strace', [...args, STORE, temporaryDirectory()], {
      encoding: 'utf8',
    });
    expect(signal, stderr).toBe('SIGKILL');
    const calls = [...stderr.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+) .*f(?:data)?sync$/gm)];
    return calls.reduce((sum, [, count]) => sum + Number(count), 0);
  };
  const perCommit = (fsyncs(150) - fsyncs(50)) / 100;
  expect(perCommit).toBeGreaterThanOrEqual(1);
  showFigure(context, `${perCommit} fsyncs a commit`);
});

function schemaOf(dataDir: string): string {
  const raw = new Database(join(dataDir, 'mirror.db'));
  const schema = raw
    .prepare("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)")
    .pluck()
    .get();
  raw.close();
  return String(schema);
}

/** @returns the tasks in every copy that has its name */
function tasksInCopies(dataDir: string): unknown[] {
  const folder = join(dataDir, 'backups');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : [];
  return names.map((name) => {
    const raw = new Database(join(folder, name), { readonly: true });
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    const count = raw.prepare('SELECT count(*) FROM tasks').pluck().get();
    raw.close();
    return count;
  });
}

test('a kill in a migration leaves the old schema or the new one, and every document', async (context) => {
  const DOCUMENTS = 1500;
  const newest = temporaryDirectory();
  const store = await openStore({ dataDir: newest, clock, mode: 'owner' });
  const documents = numberedIds(DOCUMENTS).map((id, at) => document({ id, createdAt: 1_770_000_000 + at }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  const versions = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql')).length;
  const kills = tries(8, 32);
  const outcomes = { old: 0, new: 0 };
  // Of a kill in the copy, and of one in the migration that follows it.
  const delaysMs = { lock: 5, copy: 5 };
  for (let kill = 0; kill < kills; kill += 1) {
    const dataDir = olderMirror(join(newest, 'mirror.db'), 1 + (kill % (versions - 1)));
    const before = schemaOf(dataDir);
    const child = spawn(process.execPath, [MAIN, 'serve', '--offline', '--port', '0', '--data-dir', dataDir]);
    // The lock is taken just before the copy is made, and the migration begins when that has its name.
    const start = kill % 2 === 0 ? 'copy' : 'lock';
    const sign =
      start === 'lock' ? join(dataDir, 'owner.json') : join(dataDir, 'backups', `before-${VERSION}.db`);
    while (statSync(sign, { throwIfNoEntry: false }) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, delaysMs[start]));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const after = schemaOf(dataDir);
    expect([before, schemaOf(newest)]).toContain(after);
    outcomes[after === before ? 'old' : 'new'] += 1;
    expect([[], [DOCUMENTS]]).toContainEqual(tasksInCopies(dataDir)); // whole, or not there
    if (after !== before) expect(tasksInCopies(dataDir)).toEqual([DOCUMENTS]);
    delaysMs[start] *= after === before ? 3 : 0.3; // closes in on the moment that matters, however busy the machine is
    const restarted = await openStore({ dataDir, clock, mode: 'owner' });
    while (await restarted.reindexSome());
    expect((await restarted.stats(0)).total).toBe(DOCUMENTS);
    expect(await restarted.audit()).toEqual([]);
    await restarted.close();
    expect(schemaOf(dataDir)).toBe(schemaOf(newest));
    expect(tasksInCopies(dataDir)).toEqual([DOCUMENTS]);
    expect(readdirSync(join(dataDir, 'backups'))).toHaveLength(1);
  }
  expect([outcomes.old > 0, outcomes.new > 0]).toEqual([true, true]);
  showFigure(context, `0 half of ${kills} kills: ${outcomes.old} old, ${outcomes.new} new`);
}, 120_000);

test('the server refuses to start when the data directory can’t be written, and names the setting', async (context) => {
  requireOnMachine(context, 'mount'); // nothing else keeps root from writing
  const place = mkdtempSync(join(tmpdir(), 'flux-mirror-readonly-'));
  const remount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'flux-mirror-test', place], { stdio: 'ignore' });
  remount('size=8m');
  onTestFinished(() => {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  });
  const store = await openStore({ dataDir: place, clock, mode: 'owner' });
  await store.storeDocuments({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  remount('remount,ro');
  // As processes of their own, which leave nothing open there when they end.
  for (const command of [
    ['serve', '--port', '0'],
    ['get', 'a'],
    ['track', ...numberedIds(1)],
  ]) {
    const { code, stderr } = await runProgram(MAIN, [...command, '--data-dir', place]);
    expect([code, stderr.trim().split('\n').length], command[0]).toEqual([1, 1]);
    expect(stderr).toContain('FLUX_MIRROR_DATA_DIR (--data-dir)');
  }
  // And where there is nothing yet.
  const { code, stderr } = await runProgram(MAIN, ['serve', '--port', '0', '--data-dir', join(place, 'new')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('FLUX_MIRROR_DATA_DIR')]);
  showFigure(context, '4 of 4 commands: exit 1, one line');
});
