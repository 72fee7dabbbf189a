/**
 * The SQLite driver: better-sqlite3 13, which needs Node-API 10 (Node 22.14 and newer). On Node 20 it crashes with a
 * segmentation fault, so a source checkout there uses better-sqlite3 12 from the second lock file
 * (scripts/install-node20-driver.mjs). Only this module knows which one is loaded.
 */
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { PACKAGE_ROOT } from '../../lib/package-root.ts';

/** A database connection. */
export type Connection = BetterSqlite3.Database;

const NODE_20_PACKAGE = new URL('scripts/node20/package.json', PACKAGE_ROOT);

const loadFrom = process.versions.node.startsWith('20.') ? NODE_20_PACKAGE : import.meta.url;

/** The driver's class. Use `openConnection`. */
export const Database = createRequire(loadFrom)('better-sqlite3') as typeof BetterSqlite3;

/**
 * Opens a database file. Whoever wrote it is not trusted: views, triggers, indexes and defaults in it may only call functions that
 * have no effect outside. (`cell_size_check` would cost a third of the speed of reads, since mapped pages are checked at each access;
 * the checks of a start, a backup and a restore find malformed pages.)
 */
export function openConnection(file: string, options: BetterSqlite3.Options = {}): Connection {
  const connection = new Database(file, options);
  connection.pragma('trusted_schema = OFF');
  return connection;
}

/** Loads the native module, as otherwise the first connection does. */
export function loadDriver(): void {
  new Database(':memory:').close();
}

/** The error that a connection throws; `code` is SQLite's own name, such as `SQLITE_BUSY`. */
export const { SqliteError } = Database;
