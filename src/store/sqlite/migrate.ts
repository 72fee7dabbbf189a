/** Migrates the database to this version's schema, atomically. */
import { fileURLToPath } from 'node:url';
import { migrate as applyMigrations } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { OperatorError } from '../../lib/operator-error.ts';
import { PACKAGE_ROOT } from '../../lib/package-root.ts';
import type { Sqlite } from './database.ts';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', PACKAGE_ROOT));

/** The database was written by a newer version. */
export class NewerDatabase extends OperatorError {
  override readonly name = 'NewerDatabase';
}

/**
 * Whether migrations are pending.
 * @param name of the database, for error messages
 * @throws NewerDatabase
 */
export function needsMigration(db: Pick<Sqlite, 'raw'>, name = db.raw.name): boolean {
  const newest = Math.max(
    ...readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).map((file) => file.folderMillis),
  );
  const applied = readAppliedVersion(db);
  if (applied > newest) {
    throw new NewerDatabase(`${name} was written by a newer flux-mirror: update flux-mirror to open it`);
  }
  return applied < newest;
}

/** Applies pending migrations in one transaction. The caller holds the lock. */
export function migrate(db: Sqlite): void {
  applyMigrations(db.drizzle, { migrationsFolder: MIGRATIONS_FOLDER });
}

/** Brings an empty database to the schema of an earlier version, or of this one. */
export function applyMigrationsUpTo({ raw }: Pick<Sqlite, 'raw'>, version: number): void {
  raw.exec(
    'CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)',
  );
  for (const { folderMillis, sql } of readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }))
    if (folderMillis <= version) for (const statement of sql) raw.exec(statement);
}

/** The version of the newest migration in a database; 0 if there is none. */
export function readAppliedVersion({ raw }: Pick<Sqlite, 'raw'>): number {
  const table = raw.prepare("SELECT 1 FROM sqlite_master WHERE name = '__drizzle_migrations'").get();
  if (!table) return 0;
  const row = raw
    .prepare<[], { newest: number | null }>('SELECT max(created_at) AS newest FROM __drizzle_migrations')
    .get();
  return Number(row?.newest ?? 0);
}
