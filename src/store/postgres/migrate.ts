/** Brings the database to this version's schema, and refuses one that is not ours, or not usable. */
import { fileURLToPath } from 'node:url';
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator';
import { OperatorError } from '../../lib/operator-error.ts';
import { PACKAGE_ROOT } from '../../lib/package-root.ts';
import { NoMirror } from '../contract/errors.ts';
import type { Postgres, Queryable } from './database.ts';
import { runInTransaction } from './transaction.ts';

const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations/postgres', PACKAGE_ROOT));
const OLDEST_VERSION = 15;
/**
 * The newest migration that does more than add: versions that do not know it can't use the tables. Those that do may start on tables of
 * newer versions, so that the servers of a mirror are updated one by one.
 */
const REQUIRED_MIGRATION = 1795781438209;
/** An arbitrary number: processes that start at the same time migrate one after the other. */
const MIGRATION_LOCK = '5318008447310042114';

/** The database can't be used as it is; its operator has to do something. */
export class UnusableDatabase extends OperatorError {
  override readonly name = 'UnusableDatabase';
}

/** @param name of the database, for messages */
export interface MigrationOptions {
  readonly name: string;
  /** Whether to create or update the tables: readers don't. */
  readonly canWrite: boolean;
}

/** @throws UnusableDatabase, NoMirror */
export async function migrate(db: Postgres, { name, canWrite }: MigrationOptions): Promise<void> {
  await checkServer(db, name);
  const known = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER });
  if (listPending(await readApplied(db, name), known, name).length === 0) return;
  if (!canWrite) {
    throw new NoMirror(
      `there is no mirror of this version in ${name}: start \`flux-mirror serve\` once to create or update it`,
    );
  }
  await runInTransaction(db, { isSilent: true, isRepeatable: true }, async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    for (const migration of listPending(await readApplied(tx, name), known, name))
      await applyMigration(tx, migration);
  });
}

interface ServerRow {
  readonly version: string;
  readonly number: number;
  readonly encoding: string;
}

async function checkServer(db: Queryable, name: string): Promise<void> {
  const [server] = await db.query<ServerRow>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       current_setting('server_encoding') AS encoding`,
  );
  if (server && server.number < OLDEST_VERSION * 10_000) {
    throw new UnusableDatabase(
      `${name} is on PostgreSQL ${server.version}: flux-mirror needs ${OLDEST_VERSION} or later`,
    );
  }
  if (server && server.encoding !== 'UTF8')
    throw new UnusableDatabase(`${name} has the encoding ${server.encoding}: flux-mirror needs UTF8`);
}

/** The applied migrations, oldest first. @throws UnusableDatabase if the tables are those of another program */
async function readApplied(db: Queryable, name: string): Promise<AppliedMigration[]> {
  const [schema] = await db.query<{ hasMigrations: boolean; hasOthers: boolean }>(
    `SELECT coalesce(bool_or(relname = 'flux_mirror_migrations'), false) AS "hasMigrations", count(*) > 0 AS "hasOthers"
     FROM pg_class
     WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND NOT EXISTS (SELECT 1 FROM pg_depend
         WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')`,
  );
  if (schema?.hasMigrations) {
    // Tables that are older than the column have none.
    return db.query(
      `SELECT version, hash, (to_jsonb(applied) ->> 'required')::bigint AS required
       FROM flux_mirror_migrations AS applied ORDER BY version`,
    );
  }
  if (schema?.hasOthers) {
    throw new UnusableDatabase(
      `${name} has tables of another program: give flux-mirror an empty database of its own`,
    );
  }
  return [];
}

interface AppliedMigration {
  readonly version: number;
  readonly hash: string;
  /** The migration that whoever uses the tables since then must know; null if no other version can. */
  readonly required: number | null;
}

/** @throws UnusableDatabase */
function listPending(
  applied: readonly AppliedMigration[],
  known: readonly MigrationMeta[],
  name: string,
): readonly MigrationMeta[] {
  if (applied.length > known.length && !canUseNewer(applied, known))
    throw new UnusableDatabase(`${name} was written by a newer flux-mirror: update flux-mirror to open it`);
  const differs = applied.slice(0, known.length).some(({ hash }, at) => known[at]?.hash !== hash);
  if (differs) throw new UnusableDatabase(`${name} has tables that this flux-mirror does not know`);
  return known.slice(applied.length);
}

function canUseNewer(applied: readonly AppliedMigration[], known: readonly MigrationMeta[]): boolean {
  const required = applied.at(-1)?.required ?? Number.POSITIVE_INFINITY;
  return known.some(({ folderMillis }) => folderMillis >= required);
}

async function applyMigration(tx: Queryable, { sql, folderMillis, hash }: MigrationMeta): Promise<void> {
  await tx.query(
    `CREATE TABLE IF NOT EXISTS flux_mirror_migrations (version bigint PRIMARY KEY, hash text COLLATE "C" NOT NULL)`,
  );
  await tx.query('ALTER TABLE flux_mirror_migrations ADD COLUMN IF NOT EXISTS required bigint');
  for (const statement of sql) await tx.query(statement);
  await tx.query('INSERT INTO flux_mirror_migrations (version, hash, required) VALUES ($1, $2, $3)', [
    ...[folderMillis, hash, Math.min(folderMillis, REQUIRED_MIGRATION)],
  ]);
}
