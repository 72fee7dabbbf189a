/**
 * Compares the schema of a backup with that of a new database migrated to the same version. A trigger, a view, a virtual table
 * or an expression in an index would run inside the mirror's own statements, so nothing is accepted that no migration made.
 */
import { type Connection, openConnection } from '../driver.ts';
import { applyMigrationsUpTo, readAppliedVersion } from '../migrate.ts';

interface SchemaObject {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  /** Null for an index that belongs to a constraint. */
  readonly sql: string | null;
}

/** SQLite's own tables of statistics and counters; only SQLite can create tables with such names. */
const OWN_TABLES = new Set(['sqlite_sequence', 'sqlite_stat1', 'sqlite_stat4']);

/** The first difference of the statements that created it, human-readable; undefined when they are those of its version. */
export function findForeignSchema(raw: Connection): string | undefined {
  const expected = readExpectedObjects(readAppliedVersion({ raw }));
  const seen = new Set<string>();
  for (const object of readObjects(raw)) {
    const key = createKey(object);
    const same = expected.get(key);
    if (same === undefined) {
      if (object.type === 'table' && OWN_TABLES.has(object.name)) continue;
      return `its ${object.type} ${quote(object.name)} was not created by flux-mirror`;
    }
    if (seen.has(key) || same.table !== object.table || normalize(same.sql) !== normalize(object.sql))
      return `its ${object.type} ${quote(object.name)} is not as flux-mirror creates it`;
    seen.add(key);
  }
  const missing = [...expected.values()].find((object) => !seen.has(createKey(object)));
  return missing && `its ${missing.type} ${quote(missing.name)} is missing`;
}

/**
 * Compares what SQLite makes of those statements: the columns, indexes and foreign keys. Text that only looks alike may mean
 * something else. Reads the search index's configuration, so that is checked first.
 */
export function findForeignColumns(raw: Connection): string | undefined {
  const version = readAppliedVersion({ raw });
  const expected = readFromModel(version, (model) =>
    readTables(model).map((name) => readStructure(model, name)),
  );
  const different = readTables(raw).find((name, at) => readStructure(raw, name) !== expected[at]);
  return different && `the columns of its table ${quote(different)} are not as flux-mirror creates them`;
}

function readTables(raw: Connection): string[] {
  return readObjects(raw)
    .filter(({ type, name }) => type === 'table' && !OWN_TABLES.has(name))
    .map(({ name }) => name)
    .toSorted();
}

/** A table's columns, indexes and foreign keys, as text. @param table of a name that a migration gave */
function readStructure(raw: Connection, table: string): string {
  const read = (pragma: string, name: string) => raw.pragma(`${pragma}("${name}")`) as { name: string }[];
  const indexes = read('index_list', table)
    .map(({ seq: _order, ...index }: { name: string; seq?: number }) => ({
      ...index,
      columns: read('index_xinfo', index.name),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
  return JSON.stringify([table, read('table_xinfo', table), indexes, read('foreign_key_list', table)]);
}

function readExpectedObjects(version: number): Map<string, SchemaObject> {
  return readFromModel(
    version,
    (model) => new Map(readObjects(model).map((object) => [createKey(object), object])),
  );
}

/** Reads from a new database that was migrated to a version. */
function readFromModel<T>(version: number, read: (model: Connection) => T): T {
  const model = openConnection(':memory:');
  try {
    applyMigrationsUpTo({ raw: model }, version);
    return read(model);
  } finally {
    model.close();
  }
}

function readObjects(raw: Connection): SchemaObject[] {
  return raw
    .prepare<[], SchemaObject>(
      'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY rowid',
    )
    .all();
}

function createKey({ type, name }: SchemaObject): string {
  return `${type} ${name}`;
}

/**
 * Versions of SQLite quote differently when they rename a table; white space is of no meaning. A quoted name is one token, so
 * that a column of the name `a integer` is not taken for a column `a` of that type.
 */
function normalize(sql: string | null): string {
  const tokens = (sql ?? '').match(TOKEN) ?? [];
  return JSON.stringify(tokens.map((token) => (/^[`"[]/.test(token) ? token.slice(1, -1) : token)));
}

const TOKEN = /`[^`]*`|"[^"]*"|\[[^\]]*\]|'(?:[^']|'')*'|[\w$]+|\S/g;

/** A name from a foreign file, for a message: on one line and not long. */
export function quote(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
