/** Single named values that survive a restart. */
import { eq, sql } from 'drizzle-orm';
import type { Sqlite } from './database.ts';
import { metadataTable } from './schema.ts';

type MetadataName =
  | 'starts' // of earlier versions, see request-seq.ts
  | 'request-seq'
  | 'closed'
  | 'block'
  | 'drift'
  | 'terms-version'
  | 'index-gap'
  | 'reading-version'
  | 'reading-gap'
  | `bookmark ${string}`;

export interface Metadata {
  get(name: MetadataName): string | undefined;
  set(name: MetadataName, value: string): void;
  /** Sets a value that is not set. @returns the value that it has now */
  add(name: MetadataName, value: string): string;
  clear(name: MetadataName): void;
}

export function createMetadata(db: Sqlite): Metadata {
  const select = db.drizzle
    .select()
    .from(metadataTable)
    .where(eq(metadataTable.name, sql.placeholder('name')))
    .prepare();
  return {
    get: (name) => select.get({ name })?.value,
    set: (name, value) => {
      db.drizzle
        .insert(metadataTable)
        .values({ name, value })
        .onConflictDoUpdate({ target: metadataTable.name, set: { value } })
        .run();
    },
    add: (name, value) => {
      db.drizzle.insert(metadataTable).values({ name, value }).onConflictDoNothing().run();
      return select.get({ name })?.value ?? value;
    },
    clear: (name) => {
      db.drizzle.delete(metadataTable).where(eq(metadataTable.name, name)).run();
    },
  };
}
