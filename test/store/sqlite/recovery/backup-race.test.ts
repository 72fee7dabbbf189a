/** Several backups at once. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backUp } from '../../../../src/store/sqlite/recovery/backup.ts';
import { restore } from '../../../../src/store/sqlite/recovery/restore.ts';
import { document, numberedIds } from '../../../helpers/documents.ts';
import { openTestStore, temporaryDirectory } from '../../../helpers/test-mirror.ts';

test('of several backups to one name at once, one is whole and the others say that the name is taken', async () => {
  const dataDir = temporaryDirectory();
  const store = await openTestStore(dataDir);
  const documents = numberedIds(50).map((id) => document({ id }));
  await store.storeDocuments({ documents, requestSeq: 1, fetchedAtMs: 1 });
  await store.close();
  const folder = temporaryDirectory();
  const file = join(folder, 'b.db');
  writeFileSync(`${file}.partial`, 'mine');
  const results = await Promise.allSettled(Array.from({ length: 4 }, () => backUp(dataDir, file)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const result of results)
    if (result.status === 'rejected')
      expect(String(result.reason)).toMatch(/b\.db is there already; a backup never/);
  expect(readdirSync(folder).sort()).toEqual(['b.db', 'b.db.partial']);
  expect(readFileSync(`${file}.partial`, 'utf8')).toBe('mine');
  const elsewhere = temporaryDirectory();
  expect(restore(elsewhere, file, 1).tasks).toBe(50);
  expect(existsSync(join(elsewhere, 'mirror.db'))).toBe(true);
});
