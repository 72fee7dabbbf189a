/** Power cuts, kills in migrations, and a data directory that can't be written. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/simulator/random.ts';
import { openStore } from '../../src/store/open.ts';
import { MAIN, runCli } from '../helpers/cli.ts';
import { document, numberedIds } from '../helpers/documents.ts';
import { ManualClock } from '../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../helpers/world.ts';

const clock = new ManualClock();

test('whatever the power leaves of the write-ahead log, the database is a whole prefix of what was committed', async () => {
  const dataDir = temporaryDirectory();
  const store = openTestStore(dataDir);
  const ids = numberedIds(40);
  for (const [at, id] of ids.entries())
    await store.putBatch({ documents: [document({ id })], requestSeq: at + 1, fetchedAtMs: 1 });
  const log = readFileSync(join(dataDir, 'mirror.db-wal'));
  const base = readFileSync(join(dataDir, 'mirror.db'));
  const random = seededRandom(5);
  const lengths = new Set<number>();
  for (let trial = 0; trial < 60; trial += 1) {
    const left = temporaryDirectory();
    const cut = Math.floor(random() * log.length);
    const damaged = Buffer.from(log);
    if (trial % 3 === 1) damaged.fill(0, cut); // the tail never arrived
    if (trial % 3 === 2) damaged.writeUInt8(damaged.readUInt8(cut) ^ 1, cut);
    writeFileSync(join(left, 'mirror.db'), base);
    writeFileSync(join(left, 'mirror.db-wal'), trial % 3 === 0 ? damaged.subarray(0, cut) : damaged);
    const after = openStore({ dataDir: left, clock, mode: 'owner' });
    const found = (await after.getMany(ids)).map(({ id }) => id);
    expect(found).toEqual(ids.slice(0, found.length));
    expect(await after.audit()).toEqual([]);
    lengths.add(found.length);
    await after.close();
  }
  expect(lengths.size).toBeGreaterThan(5); // the cuts were where they matter
});

test('a kill in a migration leaves the old schema or the new one, and every document', async () => {
  const before = temporaryDirectory();
  const store = openStore({ dataDir: before, clock, mode: 'owner' });
  const documents = numberedIds(3000).map((id, at) => document({ id, createdAt: 1_770_000_000 + at }));
  await store.putBatch({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  const raw = new Database(join(before, 'mirror.db'));
  // As it was before there were images: the migration that made their tables reads every document.
  raw.exec(`DROP TABLE task_images; DROP TABLE images; DROP TABLE callbacks; DROP TABLE access_tokens;
    DELETE FROM __drizzle_migrations WHERE created_at >= 1795495341708`);
  raw.close();
  const outcomes = { old: 0, new: 0 };
  for (let kill = 0; kill < 6; kill += 1) {
    const dataDir = temporaryDirectory();
    copyFileSync(join(before, 'mirror.db'), join(dataDir, 'mirror.db'));
    const child = spawn(process.execPath, [MAIN, 'serve', '--offline', '--port', '0', '--data-dir', dataDir]);
    // The lock is taken just before the migration begins.
    while (statSync(join(dataDir, 'owner.json'), { throwIfNoEntry: false }) === undefined)
      await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, kill * 8));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const seen = new Database(join(dataDir, 'mirror.db'));
    const tables = seen
      .prepare<[], string>(
        "SELECT name FROM sqlite_master WHERE name IN ('task_images', 'images', 'callbacks', 'access_tokens')",
      )
      .pluck()
      .all();
    seen.close();
    expect([0, 4]).toContain(tables.length);
    outcomes[tables.length === 0 ? 'old' : 'new'] += 1;
    const after = openStore({ dataDir, clock, mode: 'owner' });
    expect((await after.stats(0)).total).toBe(3000);
    expect(await after.audit()).toEqual([]);
    await after.close();
  }
  expect(outcomes.old + outcomes.new).toBe(6);
});

test('a data directory that can’t be written: the server refuses, and names the setting', async (context) => {
  const place = mkdtempSync(join(tmpdir(), 'flux-mirror-readonly-'));
  const remount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'flux-mirror-test', place], { stdio: 'ignore' });
  try {
    remount('size=8m');
  } catch {
    rmSync(place, { recursive: true });
    context.skip('only root may mount a file system, and only that keeps root from writing');
    return;
  }
  onTestFinished(() => {
    execFileSync('umount', [place]);
    rmSync(place, { recursive: true });
  });
  const store = openStore({ dataDir: place, clock, mode: 'owner' });
  await store.putBatch({ documents: [document({ id: 'a' })], requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  remount('remount,ro');
  for (const command of [
    ['serve', '--port', '0'],
    ['get', 'a'],
    ['track', ...numberedIds(1)],
  ]) {
    const { code, stderr } = await runCli([...command, '--data-dir', place]);
    expect([code, stderr.trim().split('\n').length], command[0]).toEqual([1, 1]);
    expect(stderr).toContain('FLUX_MIRROR_DATA_DIR (--data-dir)');
  }
  // And where there is nothing yet.
  const { code, stderr } = await runCli(['serve', '--port', '0', '--data-dir', join(place, 'new')]);
  expect([code, stderr]).toEqual([1, expect.stringContaining('FLUX_MIRROR_DATA_DIR')]);
});
