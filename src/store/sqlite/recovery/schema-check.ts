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

/** The first difference, human-readable; undefined when the schema is that of its version. */
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

function readExpectedObjects(version: number): Map<string, SchemaObject> {
  const model = openConnection(':memory:');
  try {
    applyMigrationsUpTo({ raw: model }, version);
    return new Map(readObjects(model).map((object) => [createKey(object), object]));
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

/** Versions of SQLite quote differently when they rename a table; white space is of no meaning. */
function normalize(sql: string | null): string {
  return (sql ?? '')
    .replace(/[`"[\]]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([(),]) ?/g, '$1')
    .trim();
}

/** A name from a foreign file, for a message: on one line and not long. */
function quote(name: string): string {
  return JSON.stringify(name.slice(0, 60));
}
