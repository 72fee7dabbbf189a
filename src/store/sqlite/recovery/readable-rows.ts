/** Reads a damaged table: forwards, backwards, and by the rowids in its indexes; unreadable rows are skipped. */
import { type Connection, SqliteError } from '../driver.ts';

export type Row = Readonly<Record<string, unknown>>;

/** The readable rows of a table, without duplicates. @param db damaged @param table one of ours */
export function* readRows(db: Connection, table: string): Generator<Row> {
  const seen = new Set<unknown>();
  const skipKnownRows = function* (rows: Iterable<Row>): Generator<Row> {
    for (const { salvage_place: place, ...row } of rows) {
      if (seen.has(place)) continue;
      seen.add(place);
      yield row;
    }
  };
  const key = findKeyColumn(db, table);
  if (key === undefined) return;
  const columns = `${key} AS salvage_place, *`;
  for (const order of ['ASC', 'DESC'])
    yield* skipKnownRows(
      readUntilDamage(db, `SELECT ${columns} FROM ${table} NOT INDEXED ORDER BY ${key} ${order}`),
    );
  // Rows between two damaged pages are found by their rowids from the indexes.
  for (const place of findKeysInIndexes(db, table, key)) {
    if (!seen.has(place))
      yield* skipKnownRows(readUntilDamage(db, `SELECT ${columns} FROM ${table} WHERE ${key} = ?`, place));
  }
}

/** Yields rows up to the damage, whatever its kind. */
function* readUntilDamage(db: Connection, sql: string, ...params: unknown[]): Generator<Row> {
  try {
    yield* db
      .prepare<unknown[], Row>(sql)
      .safeIntegers()
      .iterate(...params);
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error;
  }
}

/** `rowid`; undefined when the table does not exist. */
function findKeyColumn(db: Connection, table: string): string | undefined {
  try {
    db.prepare(`SELECT rowid FROM ${table} LIMIT 0`);
    return 'rowid';
  } catch {
    return undefined;
  }
}

/** Every rowid in the table's indexes. */
function findKeysInIndexes(db: Connection, table: string, key: string): unknown[] {
  const places = new Set<unknown>();
  const names = [
    ...readUntilDamage(
      db,
      "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL AND sql NOT LIKE '%WHERE%'",
      table,
    ),
  ];
  for (const { name } of names) {
    for (const order of ['ASC', 'DESC']) {
      const [first] = db.pragma(`index_info("${name}")`) as { name: string }[];
      const by = first?.name ?? key;
      const rows = readUntilDamage(
        db,
        `SELECT ${key} AS place FROM ${table} INDEXED BY "${name}" ORDER BY "${by}" ${order}`,
      );
      for (const { place } of rows) places.add(place);
    }
  }
  return [...places];
}
