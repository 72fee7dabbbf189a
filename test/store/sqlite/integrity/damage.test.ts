import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { DamagedDatabase } from '../../../../src/store/sqlite/integrity/damage.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { NothingSaved, rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { acquireExclusiveLock } from '../../../../src/store/sqlite/writers-lock.ts';
import { runCli } from '../../../helpers/cli.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { showFigure } from '../../../helpers/figure.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const PAGE = 4096;
const TASKS = 600;

/** A closed mirror with documents of about a page each. */
async function closedMirror(): Promise<string> {
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const documents = numberedIds(TASKS).map((id, at) =>
    document({
      id,
      prompt: `lighthouse ${at} ${'storm '.repeat(at % 200)}`,
      createdAt: 1_770_000_000 + at,
      state: at % 10 === 0 ? 'pending' : 'succeeded',
    }),
  );
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.track([documents[0]?.id as never], 1);
  await store.setCheckpoint('place', 'here');
  await store.close();
  return dataDir;
}

const databaseOf = (dataDir: string) => join(dataDir, 'mirror.db');
const hashOf = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

function change(dataDir: string, work: (bytes: Buffer) => void): void {
  const bytes = readFileSync(databaseOf(dataDir));
  work(bytes);
  writeFileSync(databaseOf(dataDir), bytes);
}

async function openAsOwner(dataDir: string) {
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  await store.close();
}

const ONE = '"prompt":"lighthouse 103 storm';

/** Past the roots of all tables, which stand at the beginning. */
const middleOf = (bytes: Buffer) => Math.floor(bytes.length / PAGE / 2) * PAGE;

const DAMAGES: Record<string, (dataDir: string) => void> = {
  'a text file': (dataDir) => writeFileSync(databaseOf(dataDir), 'these are my notes\n'.repeat(1000)),
  'cut in half': (dataDir) =>
    truncateSync(databaseOf(dataDir), Math.floor(readFileSync(databaseOf(dataDir)).length / PAGE / 2) * PAGE),
  'a zeroed page': (dataDir) =>
    change(dataDir, (bytes) => bytes.fill(0, middleOf(bytes), middleOf(bytes) + PAGE)),
  'an overwritten header': (dataDir) => change(dataDir, (bytes) => bytes.fill(0x2a, 0, 100)),
  'overwritten pages': (dataDir) =>
    change(dataDir, (bytes) => bytes.fill(0x2a, middleOf(bytes), middleOf(bytes) + 4 * PAGE)),
  'one bit of a document': (dataDir) =>
    change(dataDir, (bytes) => {
      // Every copy of it, because a page that was split leaves an old one behind.
      for (let at = bytes.indexOf(ONE); at >= 0; at = bytes.indexOf(ONE, at + 1))
        bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    }),
  'empty, beside images': (dataDir) => {
    truncateSync(databaseOf(dataDir), 0);
    mkdirSync(join(dataDir, 'images', 'ab'), { recursive: true });
  },
};

describe('a damaged database', () => {
  test('is not opened, with any kind of damage, and not a byte of it is changed', async (context) => {
    let found = 0;
    for (const [name, damage] of Object.entries(DAMAGES)) {
      const dataDir = await closedMirror();
      damage(dataDir);
      const before = hashOf(databaseOf(dataDir));
      for (const attempt of [1, 2]) {
        await expect(openAsOwner(dataDir), `${name}, attempt ${attempt}`).rejects.toThrow(DamagedDatabase);
        await expect(openAsOwner(dataDir), name).rejects.toThrow(/restore FILE.*doctor --rebuild/);
      }
      expect(hashOf(databaseOf(dataDir)), name).toBe(before);
      found += 1;
    }
    showFigure(context, `${found} of ${Object.keys(DAMAGES).length} kinds of damage found`);
  });

  test('is reported in one line by the command, which exits with 1', async () => {
    const dataDir = await closedMirror();
    DAMAGES['overwritten pages']?.(dataDir);
    const { code, stderr } = await runCli(['serve', '--port', '0', '--data-dir', dataDir]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^flux-mirror: mirror\.db in .* is damaged .*doctor --rebuild`\n$/);
    const doctor = await runCli(['doctor', '--offline', '--data-dir', dataDir]);
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringContaining('!! database') });
  });

  test('that is missing while images exist is not created; in an empty directory it is', async () => {
    const dataDir = await closedMirror();
    rmSync(databaseOf(dataDir));
    await openAsOwner(dataDir);
    rmSync(databaseOf(dataDir));
    mkdirSync(join(dataDir, 'images', 'ab'), { recursive: true });
    await expect(openAsOwner(dataDir)).rejects.toThrow(/missing/);
    expect(existsSync(databaseOf(dataDir))).toBe(false);
  });

  test.each(['images/ab/', 'backups/manual-20260101T000000000Z.db'])(
    'that is missing while %s exist is not created by any command, and the message says what helps',
    async (beside) => {
      const dataDir = await closedMirror();
      rmSync(databaseOf(dataDir));
      const entry = join(dataDir, beside);
      mkdirSync(beside.endsWith('/') ? entry : join(entry, '..'), { recursive: true });
      if (!beside.endsWith('/')) writeFileSync(entry, 'a backup');
      for (const mode of ['owner', 'writer', 'reader'] as const)
        await expect(openStore({ dataDir, clock, mode }), mode).rejects.toThrow(
          /missing.*`flux-mirror restore FILE`/,
        );
      expect(existsSync(databaseOf(dataDir))).toBe(false);
      writeFileSync(databaseOf(dataDir), '');
      await expect(openStore({ dataDir, clock, mode: 'writer' })).rejects.toThrow(/empty/);
      // The locks were let go.
      rmSync(databaseOf(dataDir));
      acquireExclusiveLock(dataDir, clock.now()).release();
    },
  );

  test('by single bits is detected in most places, because every document has a hash', async (context) => {
    const dataDir = await closedMirror();
    const sound = readFileSync(databaseOf(dataDir));
    let found = 0;
    for (let n = 0; n < 100; n += 1) {
      const bytes = Buffer.from(sound);
      const at = Math.floor((sound.length / 100) * (n + 0.37));
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (n % 8)), at);
      writeFileSync(databaseOf(dataDir), bytes);
      try {
        await openAsOwner(dataDir);
      } catch (error) {
        expect(error).toBeInstanceOf(DamagedDatabase);
        found += 1;
      }
      for (const suffix of ['-wal', '-shm']) rmSync(`${databaseOf(dataDir)}${suffix}`, { force: true });
    }
    // What is left lies in free room, or in columns and index entries that no hash covers (docs/faults.md).
    expect(found).toBeGreaterThan(40);
    showFigure(context, `${found} of 100 single bits found`);
  });
});

describe('doctor --rebuild', () => {
  const savedFrom = async (damage: string) => {
    const dataDir = await closedMirror();
    DAMAGES[damage]?.(dataDir);
    const before = hashOf(databaseOf(dataDir));
    const { saved, changed, replaced } = rebuild(dataDir, clock);
    expect(hashOf(replaced ?? '')).toBe(before);
    const store = await openTestStore(dataDir);
    while (await store.reindexSome());
    expect(await store.audit()).toEqual([]);
    const { total } = await store.search(searchRequest('lighthouse'));
    expect((await store.stats(0)).total).toBe(saved);
    expect(total).toBe(saved);
    return { saved, changed, store };
  };

  test.each([
    ['an overwritten header', TASKS],
    ['a zeroed page', TASKS - 20],
    ['overwritten pages', TASKS - 60],
    ['cut in half', TASKS / 4],
  ])('recovers what can be read: %s', async (damage, atLeast) => {
    const { saved } = await savedFrom(damage);
    expect(saved).toBeGreaterThanOrEqual(atLeast);
  });

  test('leaves out a document that fails its hash, and tracks it to be fetched again', async () => {
    const { saved, changed, store } = await savedFrom('one bit of a document');
    expect([saved, changed]).toEqual([TASKS - 1, 1]);
    const { total } = await store.tracked({ limit: 1, offset: 0 });
    expect(total).toBe(TASKS / 10 + 1);
    expect(await store.readCheckpoint('place')).toBe('here');
  });

  test('continues the request numbers, even if their counter is lost', async () => {
    const dataDir = await closedMirror();
    const store = await openStore({ dataDir, clock, mode: 'owner' });
    const [first, last] = [await store.nextRequestSeq(), await store.nextRequestSeq()];
    await store.storeDocuments({ documents: [document({ id: 'late' })], requestSeq: last, fetchedAtMs: 1 });
    await store.close();
    const db = new Database(databaseOf(dataDir));
    db.exec('DELETE FROM facts');
    db.close();
    rebuild(dataDir, clock);
    expect(first).toBeGreaterThan(2 ** 32);
    expect(await (await openTestStore(dataDir)).nextRequestSeq()).toBeGreaterThan(last);
  });

  test('enqueues images whose rows are lost', async () => {
    const dataDir = await closedMirror();
    const raw = new Database(databaseOf(dataDir));
    raw.exec('DELETE FROM task_images WHERE position % 3 = 0');
    raw.close();
    rebuild(dataDir, clock);
    const store = await openTestStore(dataDir);
    const { succeeded } = (await store.stats(0)).byState;
    expect((await store.imageStats()).wanted).toBe(succeeded);
  });

  test('preserves order and times', async () => {
    const { store } = await savedFrom('an overwritten header');
    const { hits } = await store.search(searchRequest('', { sort: 'oldest', limit: 3 }));
    expect(hits.map(({ task }) => task.id)).toEqual(numberedIds(3));
  });

  test('of a file that is not a database recovers nothing and changes nothing', async () => {
    const dataDir = await closedMirror();
    DAMAGES['a text file']?.(dataDir);
    const before = hashOf(databaseOf(dataDir));
    expect(() => rebuild(dataDir, clock)).toThrow(NothingSaved);
    expect(hashOf(databaseOf(dataDir))).toBe(before);
  });

  test.each(['missing', 'empty'])(
    'of a directory that is %s reports it, and leaves nothing there',
    async (state) => {
      const dataDir = state === 'empty' ? temporaryDirectory() : join(temporaryDirectory(), 'none');
      const { code, stderr } = await runCli(['doctor', '--rebuild', '--offline', '--data-dir', dataDir]);
      expect([code, stderr]).toEqual([1, `flux-mirror: there is no mirror.db in ${dataDir}\n`]);
      expect(state === 'empty' ? readdirSync(dataDir) : existsSync(dataDir)).toEqual(
        state === 'empty' ? [] : false,
      );
    },
  );

  test('works as a command', async () => {
    const dataDir = await closedMirror();
    copyFileSync(databaseOf(dataDir), join(dataDir, 'kept'));
    DAMAGES['overwritten pages']?.(dataDir);
    const { code, stderr } = await runCli(['doctor', '--rebuild', '--offline', '--data-dir', dataDir]);
    expect(stderr).toMatch(/\d+ documents saved, and the search index rebuilt\n/);
    expect(code).toBe(0);
  });
});
