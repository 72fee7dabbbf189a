/** Saved searches in SQLite: what a name costs to look up. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '../../../src/store/sqlite/driver.ts';
import { openTestStore, temporaryDirectory } from '../../helpers/test-mirror.ts';

const OTHERS = 20_000;

/** Saved searches of so many tokens. */
function fill(dataDir: string): void {
  const raw = new Database(join(dataDir, 'mirror.db'));
  const insert = raw.prepare(
    `INSERT INTO saved_searches (id, name, folded_name, query, user_ids, application_ids, version, created_at, changed_at, visited_at)
     VALUES (?, 'Cats', 'cats', 'cat', ?, '[]', 1, 1, 1, 1)`,
  );
  raw.transaction(() => {
    for (let at = 0; at < OTHERS; at += 1) insert.run(randomUUID(), JSON.stringify([`user-${at}`]));
  })();
  raw.close();
}

async function measure(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

test('whether a name is taken is looked up, and not compared with all of them', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  fill(dataDir);
  const saved = { query: 'cat', timeZone: undefined, limits: undefined, nowMs: 1 };
  const listing: number[] = [];
  const adding: number[] = [];
  for (let at = 0; at < 10; at += 1) {
    listing.push(await measure(() => store.savedSearches()));
    adding.push(
      await measure(() => store.addSavedSearch({ ...saved, id: randomUUID(), name: `name ${at}` })),
    );
  }
  expect(await store.addSavedSearch({ ...saved, id: randomUUID(), name: 'NAME 1' })).toEqual({
    kind: 'taken',
  });
  expect(Math.min(...adding)).toBeLessThan(Math.min(...listing) / 4);
});
