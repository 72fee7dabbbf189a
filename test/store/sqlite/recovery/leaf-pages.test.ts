/** What a rebuild finds by the bytes of the pages, where no tree leads to them any more. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/store/sqlite/database.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { type Column, type Pages, readLeafRows } from '../../../../src/store/sqlite/recovery/leaf-pages.ts';
import { listColumns } from '../../../../src/store/sqlite/recovery/lost-tasks.ts';
import { rebuild } from '../../../../src/store/sqlite/recovery/rebuild.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const clock = new ManualClock();
const PAGE = 4096;
const TASKS = 2000;
const INNER_PAGE = 5;

/** About one of three reaches over its page, one of a hundred over many. */
const promptOf = (at: number) => `harbour ${at} ${'fog '.repeat(at % 100 === 0 ? 9000 : (at % 3) * 400)}`;

let sound: Buffer;

beforeEach(async () => {
  if (sound) return;
  const dataDir = temporaryDirectory();
  const store = await openStore({ dataDir, clock, mode: 'owner' });
  const documents = numberedIds(TASKS).map((id, at) =>
    document({ id, prompt: promptOf(at), createdAt: 1_770_000_000 + at }),
  );
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  sound = readFileSync(join(dataDir, 'mirror.db'));
});

/** A mirror with these bytes as its database. */
function mirrorOf(bytes: Buffer): string {
  const dataDir = temporaryDirectory();
  writeFileSync(join(dataDir, 'mirror.db'), bytes);
  return dataDir;
}

function rootOf(table: string): number {
  const db = new Database(join(mirrorOf(sound), 'mirror.db'), { readonly: true });
  const root = db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').pluck().get(table) as number;
  db.close();
  return root;
}

/** The pages that an inner page of a table leads to. */
function childrenOf(page: number): number[] {
  const at = (page - 1) * PAGE;
  expect(sound.readUInt8(at)).toBe(INNER_PAGE);
  const cells = Array.from({ length: sound.readUInt16BE(at + 3) }, (_, n) =>
    sound.readUInt32BE(at + sound.readUInt16BE(at + 12 + 2 * n)),
  );
  return [...cells, sound.readUInt32BE(at + 8)];
}

const withZeroed = (...pages: number[]): Buffer => {
  const bytes = Buffer.from(sound);
  for (const page of pages) bytes.fill(0, (page - 1) * PAGE, page * PAGE);
  return bytes;
};

async function savedFrom(bytes: Buffer): Promise<number> {
  const dataDir = mirrorOf(bytes);
  const { saved } = rebuild(dataDir, clock);
  const store = await openTestStore(dataDir);
  while (await store.reindexSome());
  expect(await store.audit()).toEqual([]);
  expect((await store.stats(0)).total).toBe(saved);
  return saved;
}

describe('a rebuild', () => {
  test('recovers every document below a destroyed root', async () => {
    const root = rootOf('tasks');
    expect(childrenOf(childrenOf(root)[0] ?? 0).length).toBeGreaterThan(10); // the tree has three levels
    expect(await savedFrom(withZeroed(root))).toBe(TASKS);
  });

  test('recovers every document below a destroyed inner page', async () => {
    expect(await savedFrom(withZeroed(...childrenOf(rootOf('tasks')).slice(0, 1)))).toBe(TASKS);
  });

  test('recovers every document when the list of tables is destroyed', async () => {
    const bytes = Buffer.from(sound);
    bytes.fill(0, 100, PAGE);
    expect(await savedFrom(bytes)).toBe(TASKS);
  });

  test('of a file truncated to a third recovers every complete document in it', async () => {
    const cut = sound.subarray(0, Math.floor(sound.length / PAGE / 3) * PAGE);
    const whole = numberedIds(TASKS).filter(
      (id, at) => promptOf(at).length < 3000 && cut.includes(`{"id":"${id}"`),
    );
    expect(whole.length).toBeGreaterThan(TASKS / 10);
    expect(await savedFrom(Buffer.from(cut))).toBeGreaterThanOrEqual(whole.length);
  });

  /** A mirror that deleted 150 tasks, and saw 100 others finish. */
  async function changedMirror() {
    const dataDir = mirrorOf(sound);
    const store = await openStore({ dataDir, clock, mode: 'owner' });
    const deleted = numberedIds(TASKS).slice(0, 150);
    for (const id of deleted) await store.remove(id);
    const pending = deleted.slice(0, 100).map((id) => document({ id: `${id}-p`, state: 'pending' }));
    await store.storeDocuments({ documents: pending, requestSeq: 2, fetchedAtMs: 2 });
    await store.close();
    const before = readFileSync(join(dataDir, 'mirror.db'));
    const again = await openStore({ dataDir, clock, mode: 'owner' });
    const finished = pending.map(({ id }) => document({ id, prompt: 'at last '.repeat(300) }));
    await again.storeDocuments({ documents: finished, requestSeq: 3, fetchedAtMs: 3 });
    await again.close();
    return { before, after: readFileSync(join(dataDir, 'mirror.db')), deleted, finished };
  }

  test.each(['tasks', 'tasks and removed'])('brings back no deleted task: %s', async (destroyed) => {
    const { after, deleted } = await changedMirror();
    for (const table of destroyed.split(' and ')) {
      const root = rootOf(table);
      after.fill(0, (root - 1) * PAGE, root * PAGE);
    }
    const dataDir = mirrorOf(after);
    expect(rebuild(dataDir, clock).saved).toBe(TASKS - 150 + 100);
    expect(await (await openTestStore(dataDir)).getMany(deleted)).toEqual([]);
  });

  test('recovers the latest of several versions', async () => {
    const { before, after, finished } = await changedMirror();
    const root = rootOf('tasks');
    after.fill(0, (root - 1) * PAGE, root * PAGE);
    const dataDir = mirrorOf(Buffer.concat([after, before])); // pages that were left behind
    rebuild(dataDir, clock);
    const tasks = await (await openTestStore(dataDir)).getMany(finished.map(({ id }) => id));
    expect(tasks.map(({ state }) => state)).toEqual(finished.map(() => 'succeeded'));
  });
});

describe('rows read from leaf pages', () => {
  const pagesIn = (bytes: Buffer): Pages => ({
    count: bytes.length / PAGE,
    page: (number) =>
      number < 1 || number > bytes.length / PAGE
        ? undefined
        : bytes.subarray((number - 1) * PAGE, number * PAGE),
  });

  test('equal what SQLite reads, with the columns in the order of a new database', () => {
    const db = openDatabase(join(mirrorOf(sound), 'mirror.db'), { readonly: true, isMapped: false });
    const columns = listColumns(db, 'tasks');
    const text = { kind: 'text', isKey: false, isRequired: true };
    expect(columns.slice(-3)).toEqual([
      { ...text, name: 'document', hasDefault: false },
      { ...text, name: 'service', hasDefault: true },
      { name: 'cost', kind: 'integer', isKey: false, isRequired: false, hasDefault: false },
    ]);
    const expected = db.raw.prepare('SELECT * FROM tasks ORDER BY position').all();
    db.raw.close();
    const rows = [...readLeafRows(pagesIn(sound), columns, () => true)].filter(
      ({ document: text }) => text !== '',
    );
    rows.sort((a, b) => Number(a.position) - Number(b.position));
    expect(rows).toHaveLength(TASKS);
    expect(rows).toEqual(expected);
  });

  test('include those written before a column with a default was added', () => {
    const file = join(mirrorOf(sound), 'mirror.db');
    const db = openDatabase(file, { readonly: false, isMapped: false });
    db.raw.exec("ALTER TABLE tasks ADD later text NOT NULL DEFAULT 'x'");
    const columns = listColumns(db, 'tasks');
    db.raw.close(); // takes in the log
    const rows = [...readLeafRows(pagesIn(readFileSync(file)), columns, () => true)];
    const documents = rows.filter(({ document: text }) => text !== '');
    expect(documents).toHaveLength(TASKS);
    expect(documents.filter((row) => 'later' in row)).toEqual([]);
  });

  test('are read from any bytes without an error', () => {
    const columns: Column[] = [
      { name: 'n', kind: 'integer', isKey: true, isRequired: true, hasDefault: false },
      { name: 'text', kind: 'text', isKey: false, isRequired: false, hasDefault: false },
    ];
    let seed = 1;
    for (let trial = 0; trial < 300; trial += 1) {
      const bytes = Buffer.alloc(8 * PAGE);
      for (let at = 0; at < bytes.length; at += 1) {
        seed = (seed * 1103515245 + 12345) % 2 ** 31;
        bytes[at] = seed >> 16;
      }
      for (let page = 0; page < 8; page += 1) bytes[page * PAGE] = 0x0d;
      for (const row of readLeafRows(pagesIn(bytes), columns, () => true)) expect(row).toHaveProperty('text');
    }
  });
});
