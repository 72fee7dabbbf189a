/** Single named values that survive a restart. */
import { eq } from 'drizzle-orm';
import type { CheckpointStore } from '../contract/checkpoints.ts';
import type { Postgres, Queryable } from './database.ts';
import { metadataTable } from './schema/processes.ts';
import { runInTransaction } from './transaction.ts';

export type MetadataName = 'closed' | 'circuit' | `checkpoint ${string}`;

/** @returns undefined if it was never set */
export async function readMetadata(
  { drizzle }: Pick<Queryable, 'drizzle'>,
  name: MetadataName,
): Promise<string | undefined> {
  const [row] = await drizzle.select().from(metadataTable).where(eq(metadataTable.name, name));
  return row?.value;
}

export async function setMetadata(
  { drizzle }: Pick<Queryable, 'drizzle'>,
  name: MetadataName,
  value: string,
): Promise<void> {
  await drizzle
    .insert(metadataTable)
    .values({ name, value })
    .onConflictDoUpdate({ target: metadataTable.name, set: { value } });
}

export async function clearMetadata(
  { drizzle }: Pick<Queryable, 'drizzle'>,
  name: MetadataName,
): Promise<void> {
  await drizzle.delete(metadataTable).where(eq(metadataTable.name, name));
}

export function createCheckpointStore(db: Postgres): CheckpointStore {
  return {
    addCheckpoint: (name, text) =>
      runInTransaction(db, { isRepeatable: true }, async (tx) => {
        await tx.drizzle
          .insert(metadataTable)
          .values({ name: `checkpoint ${name}`, value: text })
          .onConflictDoNothing();
        return (await readMetadata(tx, `checkpoint ${name}`)) ?? text;
      }),
    readCheckpoint: (name) => readMetadata(db, `checkpoint ${name}`),
    setCheckpoint: (name, text) =>
      runInTransaction(db, { isRepeatable: true }, (tx) => setMetadata(tx, `checkpoint ${name}`, text)),
  };
}
