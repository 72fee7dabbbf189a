/** Single named values that survive a restart. */
import { eq, sql } from 'drizzle-orm';
import type { Sqlite } from './database.ts';
import { facts } from './schema.ts';

type FactName =
  | 'starts' // of earlier versions, see request-seq.ts
  | 'request-seq'
  | 'closed'
  | 'block'
  | 'drift'
  | 'terms-version'
  | 'index-gap'
  | `bookmark ${string}`;

export interface Metadata {
  get(name: FactName): string | undefined;
  set(name: FactName, value: string): void;
  clear(name: FactName): void;
}

export function createMetadata(db: Sqlite): Metadata {
  const select = db.drizzle
    .select()
    .from(facts)
    .where(eq(facts.name, sql.placeholder('name')))
    .prepare();
  return {
    get: (name) => select.get({ name })?.value,
    set: (name, value) => {
      db.drizzle
        .insert(facts)
        .values({ name, value })
        .onConflictDoUpdate({ target: facts.name, set: { value } })
        .run();
    },
    clear: (name) => {
      db.drizzle.delete(facts).where(eq(facts.name, name)).run();
    },
  };
}
