import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startReindexing } from '../../../../src/app/reindexing.ts';
import { createLog } from '../../../../src/lib/log.ts';
import { createSeededRandom } from '../../../../src/simulator/random.ts';
import type { Store } from '../../../../src/store/contract/store.ts';
import { hashText } from '../../../../src/store/rules/text-hash.ts';
import { Database } from '../../../../src/store/sqlite/driver.ts';
import { openStore } from '../../../../src/store/sqlite/open.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { ManualClock } from '../../../helpers/manual-clock.ts';
import { searchRequest } from '../../../helpers/search.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

const put = async (store: Store, ...documents: ReturnType<typeof document>[]) =>
  store.storeDocuments({ documents, requestSeq: await store.nextRequestSeq(), fetchedAtMs: 1 });

test('index and table stay consistent through storing, changing, deleting and storing again', async () => {
  const store = await openTestStore();
  const random = createSeededRandom(5);
  const ids = numberedIds(60);
  const words = ['cat', 'dog', 'fox', 'owl', '猫', '犬'];
  const prompts = new Map<string, string>();
  for (let step = 0; step < 600; step += 1) {
    const id = ids[Math.floor(random() * ids.length)] as (typeof ids)[number];
    if (random() < 0.25) {
      await store.remove(id);
      prompts.delete(id);
    } else {
      const prompt = `${words[Math.floor(random() * words.length)]} ${step}`;
      const createdAt = 1_770_000_000 + Math.floor(random() * 20);
      await put(store, document({ id, prompt, createdAt, state: 'pending' }));
      prompts.set(id, prompt);
    }
  }
  expect(await store.audit()).toEqual([]);
  for (const word of words) {
    const page = await store.search(searchRequest(word, { limit: 100 }));
    const expected = [...prompts].filter(([, prompt]) => prompt.startsWith(word)).map(([id]) => id);
    expect(page.hits.map(({ task }) => task.id).sort()).toEqual(expected.sort());
  }
});

test('an index of another version is rebuilt in the background, newest first, and across a restart', async () => {
  const dataDir = temporaryDirectory();
  const clock = new ManualClock();
  const first = await openTestStore(dataDir);
  const ids = numberedIds(900);
  await put(
    first,
    ...ids.map((id, at) => document({ id, prompt: `cat ${at}`, createdAt: 1_770_000_000 + at })),
  );
  await first.close();
  const raw = new Database(join(dataDir, 'mirror.db'));
  raw.exec("UPDATE facts SET value = 'of-another-time' WHERE name = 'terms-version'");
  raw.close();

  // A command beside it leaves the index as it is.
  const beside = await openStore({ dataDir, clock, mode: 'writer' });
  expect((await beside.search(searchRequest('cat'))).total).toBe(900);
  await beside.close();

  const second = await openStore({ dataDir, clock, mode: 'owner' });
  const empty = await second.search(searchRequest('cat'));
  expect([empty.total, empty.indexedFromMs !== undefined]).toEqual([0, true]);
  await second.reindexSome();
  const some = await second.search(searchRequest('cat'));
  expect([some.total, some.hits[0]?.task.id, some.indexedFromMs]).toEqual([40, ids[899], 1_770_000_860_000]);
  // What a sync brings meanwhile is found once, whether it is older or newer than the gap.
  await put(
    second,
    document({ id: 'old', prompt: 'cat', createdAt: 1_770_000_005.5 }),
    document({ id: 'new', prompt: 'cat' }),
  );
  await second.remove(ids[0] as (typeof ids)[number]);
  await second.close();

  const third = await openTestStore(dataDir);
  const lines: string[] = [];
  const log = createLog({ level: 'info', format: 'json' }, { write: (line) => void lines.push(line) });
  const reindexing = startReindexing(third, {
    clock: { ...clock, now: Date.now, monotonic: Date.now, sleep: clock.sleep },
    log,
  });
  for (;;) {
    const page = await third.search(searchRequest('cat'));
    if (page.indexedFromMs === undefined) break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await reindexing.stop();
  const all = await third.search(searchRequest('cat', { limit: 1000 }));
  expect([all.total, new Set(all.hits.map(({ task }) => task.id)).size]).toEqual([901, 901]);
  expect(await third.audit()).toEqual([]);
  expect(lines.join()).toContain('rebuilding the search index');
  expect(lines.at(-1)).toContain('the search index is complete');
  expect((await third.suggest('ca', 1))[0]?.word).toBe('cat');
});

test('words of a batch whose indexing failed are stored when it is retried', async () => {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'mirror.db');
  const first = await openTestStore(dataDir);
  await put(first, document({ id: 'old', prompt: 'a horse running' }));
  await first.close();
  const raw = new Database(file);
  raw.exec(`UPDATE facts SET value = 'of-another-time' WHERE name = 'terms-version';
    CREATE TRIGGER full BEFORE UPDATE ON facts WHEN NEW.name = 'index-gap' OR OLD.name = 'index-gap'
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;
    CREATE TRIGGER full_too BEFORE DELETE ON facts WHEN OLD.name = 'index-gap'
      BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);

  const store = await openTestStore(dataDir);
  expect(() => store.reindexSome()).toThrow('full');
  await put(store, document({ id: 'new', prompt: 'an owl' }));
  raw.exec('DROP TRIGGER full; DROP TRIGGER full_too');
  raw.close();
  while (await store.reindexSome());
  expect(await store.suggest('r', 9)).toEqual([{ word: 'running', uses: 1 }]);
  expect((await store.search(searchRequest('runni*'))).hits.map(({ task }) => task.id)).toEqual(['old']);
});

test.each(['reindexSome', 'rereadSome'] as const)(
  'a document that can’t be read does not stop %s',
  async (pass) => {
    const dataDir = temporaryDirectory();
    const first = await openTestStore(dataDir);
    const ids = numberedIds(5);
    await put(
      first,
      ...ids.map((id, at) => document({ id, prompt: `cat ${at}`, createdAt: 1_770_000_000 + at })),
    );
    await first.close();
    const raw = new Database(join(dataDir, 'mirror.db'));
    raw.exec("UPDATE facts SET value = 'of-another-time' WHERE name IN ('terms-version', 'reading-version')");
    const text = '{"id": not JSON';
    raw.prepare('UPDATE tasks SET document = ?, hash = ? WHERE id = ?').run(text, hashText(text), ids[2]);
    raw.close();
    const second = await openTestStore(dataDir);
    const run = () => (pass === 'rereadSome' ? second.rereadSome(1) : second.reindexSome());
    while (await run());
    expect(await run()).toBeUndefined();
    while (await second.reindexSome());
    expect((await second.search(searchRequest('cat'))).total).toBe(4);
  },
);
