/** Mirrors as older versions left them. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { Database } from '../../src/store/sqlite/driver.ts';
import { temporaryDirectory } from './test-mirror.ts';

export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** A closed mirror with the schema of the first `migrations` migrations. @param documents a database to take the tasks of */
export function olderMirror(documents: string, migrations: number): string {
  const dataDir = temporaryDirectory();
  const folder = join(temporaryDirectory(), 'migrations');
  cpSync(MIGRATIONS, folder, { recursive: true });
  const journal = join(folder, 'meta/_journal.json');
  const { entries, ...head } = JSON.parse(readFileSync(journal, 'utf8')) as { entries: unknown[] };
  writeFileSync(journal, JSON.stringify({ ...head, entries: entries.slice(0, migrations) }));
  const raw = new Database(join(dataDir, 'mirror.db'));
  migrate(drizzle(raw), { migrationsFolder: folder });
  const columns = (raw.pragma('table_info(tasks)') as { name: string }[]).map(({ name }) => name).join(', ');
  raw.exec(
    `ATTACH '${documents}' AS whole; INSERT INTO tasks (${columns}) SELECT ${columns} FROM whole.tasks; DETACH whole`,
  );
  raw.close();
  return dataDir;
}
