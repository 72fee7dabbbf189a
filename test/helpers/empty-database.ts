/** An empty database of this version: to migrate one took half of the time in which a test opens its store. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/sqlite/database.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';

let empty: Buffer | undefined;

/** Puts one into a directory that has none yet, with the permissions that the program gives it. */
export function createEmptyDatabase(dataDir: string): void {
  empty ??= makeDatabase();
  writeFileSync(join(dataDir, 'mirror.db'), empty, { mode: 0o600, flag: 'wx' });
}

function makeDatabase(): Buffer {
  const directory = mkdtempSync(join(tmpdir(), 'flux-mirror-test-'));
  try {
    const file = join(directory, 'mirror.db');
    const db = openDatabase(file, { readonly: false, isMapped: false });
    migrate(db);
    db.raw.close();
    return readFileSync(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
